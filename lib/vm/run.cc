#include "lib/vm/run.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

Fd MemoryFor(const char* name) {
  Sys<Fd> file = AnonymousFile(name);
  if (!file.ok()) AbandonAsError("memfd_create: " + DescribeErrno(file.err));
  return std::move(file.value);
}

}  // namespace

Command StartCommand(const std::vector<std::string>& words,
                     const StandardStreams& streams) {
  Sys<Command> command = Command::Start(words, streams);
  if (!command.ok()) AbandonAsError("clone3: " + DescribeErrno(command.err));
  return std::move(command.value);
}

Ending Await(Command& command, int interrupt_fd) {
  pollfd fds[] = {{.fd = command.pidfd(), .events = POLLIN, .revents = 0},
                  {.fd = interrupt_fd, .events = POLLIN, .revents = 0}};
  while (poll(fds, 2, -1) < 0) {  // EINTR
  }
  if (fds[1].revents != 0) throw Interrupted{};
  return command.Wait();
}

Finished RunToEnd(const std::vector<std::string>& words, int interrupt_fd) {
  const Fd out = MemoryFor("stdout");
  const Fd err = MemoryFor("stderr");
  Command command =
      StartCommand(words, {.in = -1, .out = out.get(), .err = err.get()});
  const Ending ending = Await(command, interrupt_fd);
  return {ending, ContentsOf(out.get()), ContentsOf(err.get())};
}

Finished RunThrough(const std::vector<std::string>& words,
                    const std::vector<std::string>& filter, int interrupt_fd,
                    int out) {
  const Fd memory = MemoryFor("stdout");
  const Fd err = MemoryFor("stderr");
  // Both append to it.
  fcntl(err.get(), F_SETFL, O_APPEND);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    AbandonAsError("pipe2: " + DescribeErrno(errno));
  }
  Fd from(ends[0]);
  Fd to(ends[1]);
  Command writer =
      StartCommand(words, {.in = -1, .out = to.get(), .err = err.get()});
  to.Close();
  Command reader = StartCommand(filter, {.in = from.get(),
                                         .out = out < 0 ? memory.get() : out,
                                         .err = err.get()});
  from.Close();
  const Ending read = Await(reader, interrupt_fd);
  const Ending written = Await(writer, interrupt_fd);
  return {written == Exited(0) ? read : written, ContentsOf(memory.get()),
          ContentsOf(err.get())};
}

}  // namespace pidlab
