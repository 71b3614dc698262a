#include "lib/host/interrupts.h"

#include <sys/signalfd.h>

#include <csignal>

namespace pidlab {

Interrupts::Interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction inherited {};
    sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) sigaddset(&signals, signal);
  }
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  fd_ = Fd(signalfd(-1, &signals, SFD_CLOEXEC));
}

}  // namespace pidlab
