#include "lib/linux/children.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "lib/linux/clone.h"

namespace pidlab {

Sys<int> DieWithParent(const Fd& parent) {
  const Sys<int> done = FromErrno(prctl(PR_SET_PDEATHSIG, SIGKILL));
  if (done.ok() && WaitReadable(parent.get(), Deadline::In({}))) _exit(0);
  return done;
}

Sys<int> AdoptOrphans() { return FromErrno(prctl(PR_SET_CHILD_SUBREAPER, 1)); }

bool AwaitNoChildren(const Deadline& deadline) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, nullptr);
  for (;;) {
    siginfo_t ended{};
    if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | __WALL) != 0) {
      return errno == ECHILD;
    }
    if (ended.si_pid != 0) continue;
    const int left = deadline.RemainingMs();
    const timespec timeout = {left / 1000, left % 1000 * 1000000L};
    if (sigtimedwait(&child, nullptr, &timeout) < 0 && errno == EAGAIN) {
      return false;
    }
  }
}

}  // namespace pidlab
