#include "lib/linux/ending.h"

#include <csignal>
#include <cstring>

namespace pidlab {

Ending EndingOf(const siginfo_t& child) {
  return child.si_code == CLD_EXITED ? Exited(child.si_status)
                                     : KilledBy(child.si_status);
}

Sys<Ending> WaitFor(pid_t pid) {
  siginfo_t info{};
  // With __WALL it also waits for a child whose exit signal is not SIGCHLD.
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | __WALL) != 0) {
    if (errno != EINTR) return Sys<Ending>::Failed(errno);
  }
  return {EndingOf(info)};
}

namespace {

// Waits until one of `events` has happened to the child. ECHILD if it has
// ended.
Sys<Signal> WaitForEvent(pid_t pid, int events) {
  siginfo_t info{};
  // WEXITED is needed, too: without it the wait would never end if the child
  // ends. WNOWAIT leaves such a child as a zombie.
  const int all = events | WEXITED | WNOWAIT | __WALL;
  while (waitid(P_PID, static_cast<id_t>(pid), &info, all) != 0) {
    if (errno != EINTR) return Sys<Signal>::Failed(errno);
  }
  const bool ended = info.si_code == CLD_EXITED || info.si_code == CLD_KILLED ||
                     info.si_code == CLD_DUMPED;
  if (ended) return Sys<Signal>::Failed(ECHILD);
  // The event is taken now, so that it is not seen twice.
  waitid(P_PID, static_cast<id_t>(pid), &info, events | WNOHANG | __WALL);
  return {{info.si_status}};
}

}  // namespace

Sys<Signal> WaitForStop(pid_t pid) { return WaitForEvent(pid, WSTOPPED); }

Sys<Signal> WaitForContinue(pid_t pid) { return WaitForEvent(pid, WCONTINUED); }

std::ostream& operator<<(std::ostream& out, Signal signal) {
  const char* name = sigabbrev_np(signal.number);
  return name != nullptr ? out << "SIG" << name
                         : out << "signal " << signal.number;
}

std::ostream& operator<<(std::ostream& out, const Ending& ending) {
  return ending.kind == Ending::Kind::kExited
             ? out << "exited with " << ending.number
             : out << "killed by " << Signal{ending.number};
}

}  // namespace pidlab
