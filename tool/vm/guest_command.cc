#include "tool/vm/guest_command.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/names.h"
#include "lib/host/wait.h"
#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

constexpr std::chrono::milliseconds kSignOfLife{1000};

[[noreturn]] void Fail(const std::string& what) {
  FailAsHarness(what + ": " + DescribeErrno(errno));
}

// The command, and what connects it with this process: a terminal, or pipes.
class ServedCommand {
 public:
  explicit ServedCommand(const Task& task) : task_(task) {
    if (task.terminal) {
      StartOnTerminal();
    } else {
      StartWithPipes();
    }
  }

  // Serves the command until it has ended and all that it has printed is sent.
  Ending Serve(Port& port) {
    Deadline next_sign = Deadline::In({});
    while (!ended_ || output_.valid() || error_.valid()) {
      if (next_sign.Passed()) {
        port.Send(FrameKind::kAlive);
        next_sign = Deadline::In(kSignOfLife);
      }
      pollfd fds[] = {ToRead(port.fd()),
                      ToRead(output_.get()),
                      ToRead(error_.get()),
                      ToRead(pidfd_.get()),
                      {.fd = unwritten_.empty() ? -1 : input_.get(),
                       .events = POLLOUT,
                       .revents = 0}};
      // When the command has ended, its output may not have been read yet; but
      // a process that it has left behind may hold a pipe open for ever. A
      // terminal reports its end once its session has no leader any more.
      const bool all_printed = ended_ && !task_.terminal;
      const bool ready =
          Wait(fds, -1, all_printed ? Deadline::In({}) : next_sign);
      if (!ready && all_printed) break;
      if (fds[0].revents != 0) Obey(port);
      if (fds[1].revents != 0) Pass(output_, port, FrameKind::kOutput);
      if (fds[2].revents != 0) Pass(error_, port, FrameKind::kError);
      if (fds[3].revents != 0) ReapCommand();
      if (fds[4].revents != 0) WriteInput(port);
      ReapOrphans();
    }
    return *ended_;
  }

 private:
  void StartWithPipes() {
    Pipe in = MakePipe();
    Pipe out = MakePipe();
    Pipe err = MakePipe();
    Start([&] {
      dup2(in.read.get(), STDIN_FILENO);
      dup2(out.write.get(), STDOUT_FILENO);
      dup2(err.write.get(), STDERR_FILENO);
    });
    input_ = std::move(in.write);
    output_ = std::move(out.read);
    error_ = std::move(err.read);
    fcntl(input_.get(), F_SETFL, O_NONBLOCK);
  }

  void StartOnTerminal() {
    int main_end = -1;
    int command_end = -1;
    if (openpty(&main_end, &command_end, nullptr, nullptr, nullptr) != 0) {
      Fail("openpty");
    }
    Fd main_side(main_end);
    const Fd command_side(command_end);
    fcntl(main_end, F_SETFD, FD_CLOEXEC);
    Start([&] {
      ioctl(command_end, TIOCSCTTY, 0);
      for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        dup2(command_end, standard);
      }
      if (command_end > STDERR_FILENO) close(command_end);
    });
    terminal_ = Fd(dup(main_end));
    fcntl(terminal_.get(), F_SETFD, FD_CLOEXEC);
    output_ = Fd(dup(main_end));
    fcntl(output_.get(), F_SETFD, FD_CLOEXEC);
    input_ = std::move(main_side);
    fcntl(input_.get(), F_SETFL, O_NONBLOCK);
  }

  void Start(const auto& connect) {
    std::vector<char*> words;
    for (const std::string& word : task_.command) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    std::vector<char*> environment;
    for (const std::string& variable : task_.environment) {
      environment.push_back(const_cast<char*>(variable.c_str()));
    }
    environment.push_back(nullptr);
    int pidfd = -1;
    const Sys<pid_t> pid = Clone3(0, &pidfd);
    if (!pid.ok()) FailAsHarness("clone3: " + DescribeErrno(pid.err));
    if (pid.value == 0) {
      signal(SIGPIPE, SIG_DFL);
      setsid();
      connect();
      execvpe(words[0], words.data(), environment.data());
      dprintf(STDERR_FILENO, "pidlab: %s: %s in the virtual machine\n",
              words[0], strerror(errno));
      _exit(errno == ENOENT ? 127 : 126);
    }
    pid_ = pid.value;
    pidfd_ = Fd(pidfd);
  }

  void Obey(Port& port) {
    port.Receive();
    while (const std::optional<Frame> frame = port.Next()) {
      switch (frame->kind) {
        case FrameKind::kInput:
          unwritten_ = frame->bytes;
          if (unwritten_.empty()) input_.Close();
          if (!input_.valid()) TakeInput(port);
          break;
        case FrameKind::kSignal:
          (void)PidfdSendSignal(pidfd_.get(), std::stoi(frame->bytes));
          break;
        case FrameKind::kTerminal: {
          winsize size{};
          std::istringstream(frame->bytes) >> size.ws_row >> size.ws_col;
          if (terminal_.valid()) ioctl(terminal_.get(), TIOCSWINSZ, &size);
          break;
        }
        default:
          break;
      }
    }
  }

  void WriteInput(Port& port) {
    const ssize_t size =
        write(input_.get(), unwritten_.data(), unwritten_.size());
    if (size > 0) unwritten_.erase(0, static_cast<size_t>(size));
    if (size < 0 && errno != EAGAIN && errno != EINTR) input_.Close();
    if (unwritten_.empty() || !input_.valid()) TakeInput(port);
  }

  void TakeInput(Port& port) {
    unwritten_.clear();
    port.Send(FrameKind::kTaken);
  }

  static void Pass(Fd& from, Port& port, FrameKind kind) {
    char buffer[16384];
    const ssize_t size = read(from.get(), buffer, sizeof(buffer));
    if (size > 0) port.Send(kind, {buffer, static_cast<size_t>(size)});
    // Reading from a terminal that everybody has closed fails with EIO.
    if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) {
      from.Close();
    }
  }

  void ReapCommand() {
    ended_ = WaitFor(pid_).value;
    pidfd_.Close();
  }

  // An init has to do this. It does not reap the command, whose end is awaited
  // by its pidfd.
  void ReapOrphans() const {
    for (;;) {
      siginfo_t child{};
      if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) != 0 ||
          child.si_pid == 0 || (child.si_pid == pid_ && !ended_)) {
        return;
      }
      (void)WaitFor(child.si_pid);
    }
  }

  const Task& task_;
  pid_t pid_ = -1;
  Fd pidfd_;
  Fd input_;
  Fd output_;
  Fd error_;
  Fd terminal_;
  std::string unwritten_;
  std::optional<Ending> ended_;
};

}  // namespace

Ending ServeCommand(const Task& task, Port& port) {
  return ServedCommand(task).Serve(port);
}

}  // namespace pidlab
