// PID 1 of a PID namespace does not end before all other processes in it have
// been reaped, and some of them can only be reaped from outside.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;

// A member of the namespace of `init` whose parent, `visitor`, is outside.
Process SendGuest(Trial& trial, const Process& visitor, const Process& init) {
  const pid_t init_pid = init.PidIn(visitor);
  const pid_t own_pid = visitor.PidIn(visitor);
  trial.Must(ON(visitor, CreateChildrenInNamespaceOf(init_pid)));
  const Process guest = visitor.Clone("guest");
  trial.Must(ON(visitor, CreateChildrenInNamespaceOf(own_pid)));
  return guest;
}

// Whether this child has ended, without waiting for it.
Sys<bool> HasEnded(pid_t child) {
  siginfo_t info{};
  const int result = waitid(P_PID, static_cast<id_t>(child), &info,
                            WEXITED | WNOHANG | WNOWAIT | __WALL);
  return {info.si_pid != 0, result == 0 ? 0 : errno};
}

// Another kind of sleep, which does not count as load. In some kernels
// zap_pid_ns_processes() waits in it (docs/kernels.md).
constexpr ProcessState kIdle{'I'};

// Waits until a process that is ending is asleep or a zombie, and returns that
// state. There is no event for the former, so this looks again and again.
Sys<ProcessState> AwaitRest(pid_t pid) {
  Sys<ProcessState> state = StatusOf(pid).Get(&ProcessStatus::state);
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  while (state.ok() && state.value != kSleeping && state.value != kIdle &&
         state.value != kZombie && !deadline.Passed()) {
    sched_yield();
    state = StatusOf(pid).Get(&ProcessStatus::state);
  }
  return state;
}

EXPERIMENT(
    PidOneWaitsUntilItsGuestsAreReaped,
    .claim =
        "A zombie whose parent is outside holds up the end of PID 1: until it "
        "is reaped, PID 1 cannot be waited for, and SIGKILL does not help.",
    .verifies = {"D-15"},
    .sources = {"kernel/pid_namespace.c zap_pid_ns_processes()",
                "kernel/signal.c wants_signal()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process visitor = host.Clone("visitor");
  const pid_t init_pid = init.PidIn(host);

  trial.Step("Send in a guest, whose parent stays outside");
  const Process guest = SendGuest(trial, visitor, init);
  trial.Expect(ON(guest, getpid()), Eq(2));
  trial.Expect(ON(guest, getppid()), Eq(0));

  trial.Step("Let init end");
  init.Exit(3);
  guest.AwaitDeath();
  const pid_t guest_pid = guest.PidIn(host);
  trial.Expect(ON(host, StatusOf(guest_pid).Get(&ProcessStatus::state)),
               Eq(kZombie));
  // From here on only one thing can make it sleep: it waits for the guest.
  trial.Expect(ON(host, AwaitRest(init_pid)), AnyOf(kSleeping, kIdle));
  trial.Expect(ON(host, HasEnded(init_pid)), Eq(false));

  // A process that kill() has woken is not asleep when kill() returns.
  trial.Step("Send KILL to it, and to an init without a guest");
  const Process lonely_init = host.Clone("lonely-init", CLONE_NEWPID);
  trial.Expect(host.Kill(lonely_init, SIGKILL), Eq(0));
  trial.Expect(host.Reap(lonely_init), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, kill(init_pid, SIGKILL)), Eq(0));
  trial.Expect(ON(host, AwaitRest(init_pid)), AnyOf(kSleeping, kIdle));
  trial.Expect(ON(host, HasEnded(init_pid)), Eq(false));

  trial.Step("Let the host wait for it, and the visitor reap its guest");
  const auto wait = ON(host, WaitFor(init_pid));
  wait.Start();
  trial.Expect(visitor.Reap(guest), Eq(KilledBy(SIGKILL)));
  trial.Expect(wait.Await(), Eq(Exited(3)));
}

EXPERIMENT(
    ZombiesOfTheNamespacesOwnDoNotMatter,
    .claim =
        "Zombies whose parents are inside hold up nobody: PID 1 reaps them on "
        "its way out, though it never waited for anyone before.",
    .verifies = {"D-15"},
    .sources = {"kernel/pid_namespace.c zap_pid_ns_processes()",
                "kernel/exit.c find_new_reaper()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process parent = init.Clone("parent");
  const Process child = init.Clone("child");
  const Process grandchild = parent.Clone("grandchild");

  trial.Step("Let a child and a grandchild of init become zombies");
  child.Exit(0);
  child.AwaitDeath();
  grandchild.Exit(0);
  grandchild.AwaitDeath();
  trial.Expect(host.Kill(child, 0), Eq(0));
  trial.Expect(host.Kill(grandchild, 0), Eq(0));

  trial.Step("Let init end, and look for both");
  init.Exit(3);
  trial.Expect(host.Reap(init), Eq(Exited(3)));
  trial.Expect(host.Kill(child, 0), Fails{ESRCH});
  trial.Expect(host.Kill(grandchild, 0), Fails{ESRCH});
}

EXPERIMENT(
    TheEndOfTheNegligentParentHelps,
    .claim =
        "When the parent that does not reap ends, the zombie is handed on to "
        "one that does, and PID 1 can end.",
    .verifies = {"D-15"},
    .sources = {"kernel/exit.c forget_original_parent()", "wait(2), NOTES"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process visitor = host.Clone("visitor");
  const pid_t init_pid = init.PidIn(host);

  trial.Step("Let init be held up by a guest again");
  const Process guest = SendGuest(trial, visitor, init);
  trial.Expect(ON(guest, getppid()), Eq(0));
  init.Exit(3);
  guest.AwaitDeath();
  trial.Expect(ON(host, AwaitRest(init_pid)), AnyOf(kSleeping, kIdle));
  trial.Expect(ON(host, HasEnded(init_pid)), Eq(false));

  trial.Step("Let the visitor end without reaping");
  visitor.Exit(0);
  trial.Expect(host.Reap(init), Eq(Exited(3)));
  trial.Expect(host.Reap(visitor), Eq(Exited(0)));
}

}  // namespace
}  // namespace pidlab
