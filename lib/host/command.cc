#include "lib/host/command.h"

#include <unistd.h>

#include <csignal>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/names.h"
#include "lib/host/wait.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"

namespace pidlab {
namespace {

void MakeStandard(int fd, int standard) {
  if (fd >= 0) dup2(fd, standard);
}

}  // namespace

Command Command::Start(const std::vector<std::string>& words,
                       const StandardStreams& streams) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const Sys<int> self = PidfdOpen(getpid());
  if (!self.ok()) FailAsHarness("pidfd_open: " + DescribeErrno(self.err));
  const Fd self_fd(self.value);
  int pidfd = -1;
  const Sys<pid_t> pid = Clone3(0, &pidfd);
  if (!pid.ok()) FailAsHarness("clone3: " + DescribeErrno(pid.err));
  if (pid.value == 0) {
    if (!DieWithParent(self_fd).ok()) _exit(kNotExecuted);
    MakeStandard(streams.in, STDIN_FILENO);
    MakeStandard(streams.out, STDOUT_FILENO);
    MakeStandard(streams.err, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(kNotExecuted);
  }
  return {pid.value, Fd(pidfd)};
}

Command::Command(Command&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

Command& Command::operator=(Command&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  return *this;
}

Command::~Command() {
  if (pid_ < 0) return;
  (void)Send(SIGKILL);
  (void)WaitFor(pid_);
}

Sys<int> Command::Send(int signal) const {
  return PidfdSendSignal(pidfd_.get(), signal);
}

Ending Command::Wait(int interrupt_fd) {
  (void)WaitToRead(pidfd_.get(), interrupt_fd);
  return WaitFor(std::exchange(pid_, -1)).value;
}

Finished Run(const std::vector<std::string>& words, int interrupt_fd) {
  const Fd out = MemoryFile("stdout");
  const Fd err = MemoryFile("stderr");
  Command command =
      Command::Start(words, {.in = -1, .out = out.get(), .err = err.get()});
  const Ending ending = command.Wait(interrupt_fd);
  return {ending, ContentsOf(out), ContentsOf(err)};
}

}  // namespace pidlab
