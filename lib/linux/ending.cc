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
  // __WALL: also a child whose exit signal is not SIGCHLD.
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | __WALL) != 0) {
    if (errno != EINTR) return Sys<Ending>::Failed(errno);
  }
  return {EndingOf(info)};
}

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? "SIG" + std::string(name)
                         : "signal " + std::to_string(signal);
}

std::ostream& operator<<(std::ostream& out, Signal signal) {
  return out << SignalName(signal.number);
}

std::ostream& operator<<(std::ostream& out, const Ending& ending) {
  return ending.kind == Ending::Kind::kExited
             ? out << "exited with " << ending.number
             : out << "killed by " << SignalName(ending.number);
}

}  // namespace pidlab
