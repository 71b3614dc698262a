// May be called inside ON(). Ending is how a process ended, as wait(2) tells
// it: it exited with a status, or a signal killed it. It does not say when, or
// who sent the signal. (operator<< is the runner's.)

#ifndef PIDLAB_LIB_LINUX_ENDING_H_
#define PIDLAB_LIB_LINUX_ENDING_H_

#include <sys/wait.h>

#include <ostream>

#include "lib/linux/sys.h"

namespace pidlab {

struct Ending {
  enum class Kind : int { kExited, kKilled };

  Kind kind = Kind::kExited;
  int number = 0;  // the exit status, or the signal

  friend bool operator==(const Ending&, const Ending&) = default;
};

constexpr Ending Exited(int status) { return {Ending::Kind::kExited, status}; }
constexpr Ending KilledBy(int signal) {
  return {Ending::Kind::kKilled, signal};
}

// What waitid(2) has told of a child that has ended.
Ending EndingOf(const siginfo_t& child);

// waitid(2) for the child `pid`, a number in the caller's PID namespace, until
// it has ended; it is reaped. ECHILD if it is no child of the caller.
Sys<Ending> WaitFor(pid_t pid);

// A signal that prints its name.
struct Signal {
  int number = 0;

  friend bool operator==(Signal, Signal) = default;
  // "SIGKILL"; "signal 34" for a real-time signal or a number without a name.
  friend std::ostream& operator<<(std::ostream& out, Signal signal);
};

// waitid(2) until the child has stopped: the signal that stopped it. ECHILD if
// it has ended instead.
Sys<Signal> WaitForStop(pid_t pid);

// waitid(2) until the stopped child goes on: SIGCONT. ECHILD as above.
Sys<Signal> WaitForContinue(pid_t pid);

// "exited with 0", "killed by SIGKILL"
std::ostream& operator<<(std::ostream& out, const Ending& ending);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_ENDING_H_
