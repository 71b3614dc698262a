#include "lib/host/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/host/wait.h"

namespace pidlab {
namespace {

constexpr size_t kBuffer = size_t{64} << 10;

std::string ReadNamed(int fd, const std::string& name, int interrupt_fd = -1) {
  std::string text;
  char buffer[kBuffer];
  for (;;) {
    if (interrupt_fd >= 0) (void)WaitToRead(fd, interrupt_fd);
    const ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0)
      FailAsHarness("cannot read " + name + ": " + DescribeErrno(errno));
    if (size == 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

}  // namespace

std::string ReadAll(int fd, int interrupt_fd) {
  return ReadNamed(fd, "descriptor " + std::to_string(fd), interrupt_fd);
}

std::string ReadAll(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid())
    FailAsHarness("cannot read " + path + ": " + DescribeErrno(errno));
  return ReadNamed(file.get(), path);
}

std::string ReadInput(const std::string& path) {
  try {
    return path == "-" ? ReadNamed(STDIN_FILENO, "the standard input")
                       : ReadAll(path);
  } catch (const Error& error) {
    FailAsUsage(error.message);
  }
}

Sys<int> WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EAGAIN) {
      pollfd to_write = {.fd = fd, .events = POLLOUT, .revents = 0};
      (void)Wait({&to_write, 1}, -1);
    } else if (written < 0 && errno != EINTR) {
      return Sys<int>::Failed(errno);
    } else if (written > 0) {
      text.remove_prefix(static_cast<size_t>(written));
    }
  }
  return {};
}

Fd MemoryFile(const char* name) {
  Fd file(memfd_create(name, 0));
  if (!file.valid()) FailAsHarness("memfd_create: " + DescribeErrno(errno));
  return file;
}

std::string ContentsOf(const Fd& memory_file) {
  std::string text;
  char buffer[kBuffer];
  for (;;) {
    const ssize_t size = pread(memory_file.get(), buffer, sizeof(buffer),
                               static_cast<off_t>(text.size()));
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

Pipe MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    FailAsHarness("pipe2: " + DescribeErrno(errno));
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace pidlab
