// May be called inside ON(). What the calling process does with a signal
// (signal(7)): its disposition, its mask, and what its handler has seen.
// Nothing here sends a signal: see kill(2). (Only the runner uses operator<<.)

#ifndef PIDLAB_LIB_LINUX_SIGNALS_H_
#define PIDLAB_LIB_LINUX_SIGNALS_H_

#include <sys/types.h>

#include <csignal>
#include <ostream>

#include "lib/linux/sys.h"

namespace pidlab {

inline constexpr int kSignals = 64;

// What the kernel tells the receiver of a signal: siginfo_t of
// sigaction(2). The sender's PID is a number in the receiver's namespace, 0 if
// it has none there.
struct Delivery {
  int signal = 0;
  int code = 0;   // SI_USER: by kill(2); SI_QUEUE: by sigqueue(3)
  pid_t pid = 0;  // of the sender
  int value = 0;  // of sigqueue(3)

  friend bool operator==(const Delivery&, const Delivery&) = default;
  // "SIGUSR1 by kill() from PID 2"
  friend std::ostream& operator<<(std::ostream& out, const Delivery& delivery);
};

// sigaction(2) with a handler that counts. `flags` may be SA_RESTART or
// SA_RESETHAND; with neither, a system call that it interrupts fails with
// EINTR. Returns 0 or -1, like the two below.
int Handle(int signal, int flags = 0);
int Ignore(int signal);
int SetToDefault(int signal);

// What the handler has seen in this process: how often it ran, and the last
// delivery (all zero before the first).
int TimesHandled();
Delivery LastHandled();

// sigprocmask(2). They return 0 or -1.
int Block(int signal);
int Unblock(int signal);
int BlockEverySignal();

// sigpending(2): 1 if the signal is pending for the caller, 0 if not, -1 on an
// error.
int IsPending(int signal);

// sigtimedwait(2) with no time to wait: takes a pending signal; EAGAIN if there
// is none. The signal must be blocked.
Sys<Delivery> TakePending(int signal);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_SIGNALS_H_
