// May be called inside ON(). Raw clone3(2) or clone(2), and pidfds: a
// descriptor that means one process, whatever becomes of its number. No policy:
// see lib/trial for what is done with them.

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
// copy of the caller's memory and tells its parent of its end by SIGCHLD.
// `flags` are CLONE_NEW* and the like; CLONE_VM is not for callers of this
// function. If `pidfd` is not null it gets a pidfd of the child (O_CLOEXEC).
//
// Where clone3(2) is ENOSYS, as it is by the seccomp profiles of containers
// that want to see the flags, clone(2) is asked for the same, and the error is
// its.
//
// In the child, glibc does not know that it is in another process (its cached
// thread id is stale): no stdio, malloc, raise(), abort() or locks there.
Sys<pid_t> Clone3(uint64_t flags, int* pidfd = nullptr);

// Runs `run` in a child that is created with these flags, and waits for it.
// What it returns, 0 to 255, is the child's exit status; the error is that of
// clone3.
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
// of the process `pid`, a number in the caller's own. The caller stays where it
// is.
Sys<int> CreateChildrenInNamespaceOf(pid_t pid);

// open(2) of /proc/PID/ns/pid, for a number in the namespace of that /proc.
Sys<int> OpenPidNamespaceOf(pid_t pid);

// Waits until `fd` is readable; for a pidfd: until the process has ended (it
// may still be a zombie). False when the deadline has passed.
bool WaitReadable(int fd, const Deadline& deadline);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_CLONE_H_
