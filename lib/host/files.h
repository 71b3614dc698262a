// Files of the runner's side, read and written as a whole.

#ifndef PIDLAB_LIB_HOST_FILES_H_
#define PIDLAB_LIB_HOST_FILES_H_

#include <string>
#include <string_view>

#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

// All of a file, or what is left in a pipe until its end. Throws Error with the
// errno; the first one throws Interrupted when `interrupt_fd` becomes readable.
std::string ReadAll(int fd, int interrupt_fd = -1);
std::string ReadAll(const std::string& path);

// A file that the user names; "-" is standard input. Throws Error (usage).
std::string ReadInput(const std::string& path);

// write(2) until all is written. The errno of the first that fails; a
// descriptor that would block is waited for.
Sys<int> WriteAll(int fd, std::string_view text);

// A file in memory that has no name, and is gone with its last descriptor: not
// O_CLOEXEC, for a command to read or write (memfd_create(2)). `name` is what
// /proc shows. Throws Error.
Fd MemoryFile(const char* name);

// All of such a file, from its beginning, whatever its offset is.
std::string ContentsOf(const Fd& memory_file);

// pipe2(2), O_CLOEXEC. Throws Error.
struct Pipe {
  Fd read;
  Fd write;
};
Pipe MakePipe();

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_FILES_H_
