// Reads and writes whole files, for the runner.

#ifndef PIDLAB_LIB_HOST_FILES_H_
#define PIDLAB_LIB_HOST_FILES_H_

#include <string>
#include <string_view>

#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

// The contents of a file, or what is left in a pipe until its end. Throws Error
// with the errno. The first function throws Interrupted when `interrupt_fd`
// becomes readable.
std::string ReadAll(int fd, int interrupt_fd = -1);
std::string ReadAll(const std::string& path);

// The contents of a file that the user names; "-" is standard input. Throws
// Error (usage).
std::string ReadInput(const std::string& path);

// Calls write(2) until everything is written. Returns the errno of the first
// call that fails. Waits if a descriptor would block.
Sys<int> WriteAll(int fd, std::string_view text);

// A file in memory (memfd_create(2)). It has no path, and is gone when its last
// descriptor is closed. It is not O_CLOEXEC, so that a command can read or
// write it. `name` is what /proc shows. Throws Error.
Fd MemoryFile(const char* name);

// The contents of such a file, from its beginning, whatever its offset is.
std::string ContentsOf(const Fd& memory_file);

// The ends of a pipe (pipe2(2)). Both are O_CLOEXEC. MakePipe() throws Error.
struct Pipe {
  Fd read;
  Fd write;
};
Pipe MakePipe();

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_FILES_H_
