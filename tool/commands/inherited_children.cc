#include "tool/commands/inherited_children.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"

namespace pidlab {

void LeaveInheritedChildren() {
  siginfo_t child{};
  if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0) {
    return;  // ECHILD
  }
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
    sigaddset(&signals, signal);
  }
  sigset_t before;
  sigprocmask(SIG_BLOCK, &signals, &before);
  const Fd self(PidfdOpen(getpid()).value);
  const pid_t pid = fork();
  if (pid < 0) FailAsHarness("fork: " + DescribeErrno(errno));
  if (pid == 0) {
    sigprocmask(SIG_SETMASK, &before, nullptr);
    (void)DieWithParent(self);
    return;
  }
  for (;;) {
    const int signal = sigwaitinfo(&signals, nullptr);
    if (signal > 0 && signal != SIGCHLD) kill(pid, signal);
    child.si_pid = 0;
    waitid(P_PID, static_cast<id_t>(pid), &child, WEXITED | WNOHANG);
    if (child.si_pid == pid) {
      const Ending ending = EndingOf(child);
      constexpr int kSignal = 128;  // as in a shell's $?
      _exit(ending.number +
            (ending.kind == Ending::Kind::kKilled ? kSignal : 0));
    }
  }
}

}  // namespace pidlab
