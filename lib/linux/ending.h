// May be called inside ON(). Ending is how a process ended, as wait(2) reports
// it: it exited with a status, or a signal killed it. It does not say when, or
// who sent the signal. (Only the runner uses operator<<.)

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

// The ending of a child, from what waitid(2) has reported.
Ending EndingOf(const siginfo_t& child);

// Waits with waitid(2) until the child `pid`, a number in the caller's PID
// namespace, has ended, and reaps it. ECHILD if it is not a child of the
// caller.
Sys<Ending> WaitFor(pid_t pid);

// A signal that prints its name.
struct Signal {
  int number = 0;

  friend bool operator==(Signal, Signal) = default;
  // "SIGKILL"; "signal 34" for a real-time signal or a number without a name.
  friend std::ostream& operator<<(std::ostream& out, Signal signal);
};

// Waits with waitid(2) until the child has stopped. The value is the signal
// that stopped it. ECHILD if it has ended instead.
Sys<Signal> WaitForStop(pid_t pid);

// Waits with waitid(2) until the stopped child goes on. The value is SIGCONT.
// ECHILD as above.
Sys<Signal> WaitForContinue(pid_t pid);

// "exited with 0", "killed by SIGKILL"
std::ostream& operator<<(std::ostream& out, const Ending& ending);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_ENDING_H_
