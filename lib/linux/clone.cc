#include "lib/linux/clone.h"

#include <fcntl.h>
#include <linux/sched.h>  // clone_args; after <sched.h>, which has the flags
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iterator>

#include "lib/linux/fd.h"

namespace pidlab {
namespace {

// clone(2) takes the flags in one word, with the signal in its lowest bits.
Sys<pid_t> Clone(uint64_t flags, int* pidfd) {
  if (flags > UINT32_MAX || (flags & CSIGNAL) != 0) {
    return Sys<pid_t>::Failed(ENOSYS);
  }
  return FromErrno(static_cast<pid_t>(
      syscall(SYS_clone, flags | SIGCHLD, nullptr, pidfd, nullptr, nullptr)));
}

}  // namespace

Sys<pid_t> Clone3(uint64_t flags, int* pidfd) {
  clone_args args{};
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  if (pidfd != nullptr) {
    args.flags |= CLONE_PIDFD;
    args.pidfd = reinterpret_cast<uintptr_t>(pidfd);
  }
  const auto child =
      FromErrno(static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof(args))));
  return child.err == ENOSYS ? Clone(args.flags, pidfd) : child;
}

Sys<int> PidfdOpen(pid_t pid) {
  return FromErrno(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

Sys<int> PidfdSendSignal(int pidfd, int signal) {
  return FromErrno(static_cast<int>(
      syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0)));
}

Sys<int> CreateChildrenInNamespaceOf(pid_t pid) {
  const Sys<int> pidfd = PidfdOpen(pid);
  if (!pidfd.ok()) return pidfd;
  const Fd owned(pidfd.value);
  return FromErrno(setns(owned.get(), CLONE_NEWPID));
}

Sys<int> OpenPidNamespaceOf(pid_t pid) {
  char path[32];
  snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
  return FromErrno(open(path, O_RDONLY | O_CLOEXEC));
}

bool WaitReadable(int fd, const Deadline& deadline) {
  pollfd poll_fd = {.fd = fd, .events = POLLIN, .revents = 0};
  for (;;) {
    const int ready = poll(&poll_fd, 1, deadline.RemainingMs());
    if (ready == 1) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace pidlab
