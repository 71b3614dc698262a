#include "lib/linux/command.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/children.h"
#include "lib/linux/clone.h"

namespace pidlab {
namespace {

void MakeStandard(int fd, int standard) {
  if (fd >= 0) dup2(fd, standard);
}

}  // namespace

Sys<Command> Command::Start(const std::vector<std::string>& words,
                            const StandardStreams& streams) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const Sys<int> self = PidfdOpen(getpid());
  if (!self.ok()) return Sys<Command>::Failed(self.err);
  const Fd self_fd(self.value);
  int pidfd = -1;
  const Sys<pid_t> pid = Clone3(0, &pidfd);
  if (!pid.ok()) return Sys<Command>::Failed(pid.err);
  if (pid.value == 0) {
    if (!DieWithParent(self_fd).ok()) _exit(kNotExecuted);
    MakeStandard(streams.in, STDIN_FILENO);
    MakeStandard(streams.out, STDOUT_FILENO);
    MakeStandard(streams.err, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(kNotExecuted);
  }
  return {Command(pid.value, Fd(pidfd))};
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
  Wait();
}

Sys<int> Command::Send(int signal) const {
  return PidfdSendSignal(pidfd_.get(), signal);
}

Ending Command::Wait() { return WaitFor(std::exchange(pid_, -1)).value; }

Sys<Fd> AnonymousFile(const char* name) {
  Fd file(memfd_create(name, 0));
  const int err = file.valid() ? 0 : errno;
  return {std::move(file), err};
}

std::string ContentsOf(int fd) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t size =
        pread(fd, buffer, sizeof(buffer), static_cast<off_t>(text.size()));
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

}  // namespace pidlab
