// May be called inside ON(). Raw clone3(2) or clone(2), and pidfds: descriptors
// that mean one process, whatever happens to its number. There is no policy
// here: lib/trial decides what is done with them.

#ifndef PIDLAB_LIB_LINUX_CLONE_H_
#define PIDLAB_LIB_LINUX_CLONE_H_

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>

#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/sys.h"

namespace pidlab {

// clone3(2) with fork semantics: the child, in which the value is 0, runs on a
// copy of the caller's memory, and its parent gets SIGCHLD when it ends.
// `flags` are CLONE_NEW* and similar flags; callers must not use CLONE_VM. If
// `pidfd` is not null it gets a pidfd of the child (O_CLOEXEC).
//
// If clone3(2) fails with ENOSYS, clone(2) is called with the same flags, and
// its error is returned. The seccomp profiles of containers that want to see
// the flags make clone3(2) fail in this way.
//
// In the child, glibc does not know that it is in another process (its cached
// thread id is stale). So the child must not use stdio, malloc, raise(),
// abort() or locks.
Sys<pid_t> Clone3(uint64_t flags, int* pidfd = nullptr);

// Runs `run` in a child that is created with these flags, and waits for it.
// What `run` returns, 0 to 255, is the child's exit status; the error is that
// of clone3.
template <typename Run>
Sys<Ending> InChild(uint64_t flags, Run run) {
  const Sys<pid_t> child = Clone3(flags);
  if (child.ok() && child.value == 0) _exit(run());
  return child.ok() ? WaitFor(child.value) : Sys<Ending>::Failed(child.err);
}

// pidfd_open(2)
Sys<int> PidfdOpen(pid_t pid);

// pidfd_send_signal(2)
Sys<int> PidfdSendSignal(int pidfd, int signal);

// setns(2): from now on the caller's children are created in the PID namespace
// of the process `pid`, a number in the caller's own namespace. The caller
// stays where it is.
Sys<int> CreateChildrenInNamespaceOf(pid_t pid);

// open(2) of /proc/PID/ns/pid. `pid` is a number in the namespace of that
// /proc.
Sys<int> OpenPidNamespaceOf(pid_t pid);

// Waits until `fd` is readable; for a pidfd: until the process has ended (it
// may still be a zombie). False when the deadline has passed.
bool WaitReadable(int fd, const Deadline& deadline);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_CLONE_H_
