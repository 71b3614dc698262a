#include "lib/linux/signals.h"

#include "lib/linux/ending.h"

namespace pidlab {
namespace {

volatile sig_atomic_t times_handled = 0;
volatile sig_atomic_t last_signal = 0;
volatile sig_atomic_t last_code = 0;
volatile sig_atomic_t last_pid = 0;
volatile sig_atomic_t last_value = 0;

void Count(int signal, siginfo_t* info, void*) {
  times_handled = times_handled + 1;
  last_signal = signal;
  last_code = info->si_code;
  last_pid = info->si_pid;
  // A signal of kill(2) has no value.
  last_value = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
}

sigset_t SetOf(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

int SetDisposition(int signal, void (*disposition)(int)) {
  struct sigaction action {};
  action.sa_handler = disposition;
  return sigaction(signal, &action, nullptr);
}

// What wait(2) would say about the child.
const char* ChildEvent(int code) {
  switch (code) {
    case CLD_EXITED:
      return "exited";
    case CLD_KILLED:
    case CLD_DUMPED:
      return "killed";
    case CLD_STOPPED:
      return "stopped";
    case CLD_CONTINUED:
      return "continued";
    default:
      return "?";
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Delivery& delivery) {
  if (delivery.signal == 0) return out << "none";
  if (delivery.signal == SIGCHLD && delivery.code > 0) {
    return out << "SIGCHLD: PID " << delivery.pid << ' '
               << ChildEvent(delivery.code);
  }
  out << Signal{delivery.signal};
  switch (delivery.code) {
    case SI_USER:
      out << " by kill()";
      break;
    case SI_QUEUE:
      out << " by sigqueue(" << delivery.value << ")";
      break;
    case SI_MESGQ:
      out << " by mq_notify()";
      break;
    default:
      out << " with si_code " << delivery.code;
  }
  return out << " from PID " << delivery.pid;
}

int Handle(int signal, int flags) {
  struct sigaction action {};
  action.sa_sigaction = Count;
  action.sa_flags = SA_SIGINFO | flags;
  return sigaction(signal, &action, nullptr);
}

int Ignore(int signal) { return SetDisposition(signal, SIG_IGN); }

int SetToDefault(int signal) { return SetDisposition(signal, SIG_DFL); }

int TimesHandled() { return times_handled; }

Delivery LastHandled() {
  return {last_signal, last_code, last_pid, last_value};
}

int Block(int signal) {
  const sigset_t set = SetOf(signal);
  return sigprocmask(SIG_BLOCK, &set, nullptr);
}

int Unblock(int signal) {
  const sigset_t set = SetOf(signal);
  return sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

int BlockEverySignal() {
  sigset_t all;
  sigfillset(&all);
  return sigprocmask(SIG_BLOCK, &all, nullptr);
}

int IsPending(int signal) {
  sigset_t pending;
  return sigpending(&pending) == 0 ? sigismember(&pending, signal) : -1;
}

Sys<Delivery> TakePending(int signal) {
  const sigset_t set = SetOf(signal);
  const timespec now{};
  siginfo_t info{};
  if (sigtimedwait(&set, &info, &now) < 0) {
    return Sys<Delivery>::Failed(errno);
  }
  const int value = info.si_code == SI_QUEUE ? info.si_value.sival_int : 0;
  return {{info.si_signo, info.si_code, info.si_pid, value}};
}

}  // namespace pidlab
