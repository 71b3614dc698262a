#include "tool/vm/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>

#include <csignal>

namespace pidlab {

RawTerminal::RawTerminal(int fd) : fd_(fd) {
  tcgetattr(fd_, &before_);
  termios raw = before_;
  cfmakeraw(&raw);
  tcsetattr(fd_, TCSADRAIN, &raw);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGWINCH);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  size_fd_ = Fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

RawTerminal::~RawTerminal() { tcsetattr(fd_, TCSADRAIN, &before_); }

std::string RawTerminal::Size() const {
  winsize size{};
  ioctl(fd_, TIOCGWINSZ, &size);
  return fmt::format("{} {}", size.ws_row, size.ws_col);
}

void RawTerminal::Acknowledge() const {
  signalfd_siginfo info;
  (void)!read(size_fd_.get(), &info, sizeof(info));
}

}  // namespace pidlab
