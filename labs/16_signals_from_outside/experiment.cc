// Which processes can send signals into a PID namespace, and which signals have
// an effect on its PID 1: from an ancestor, KILL and STOP do.
//
// An answer to ON() proves that a process lives and runs: a fatal signal, or
// one that stops it, would have taken effect before it could give one.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/ending.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;

EXPERIMENT(OnlyAncestorsFindWhomToSignal,
           .claim =
               "From outside, only processes of ancestor namespaces can signal "
               "a member: for all others it has no PID.",
           .verifies = {"S2-41"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "kernel/signal.c kill_proc_info()"}) {
  const Process host = trial.Host();

  trial.Step("Make a member two levels down, and a stranger beside them");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);
  const Process member = nested_init.Clone("member");
  const Process stranger = host.Clone("stranger", CLONE_NEWPID);
  const pid_t pid_in_chamber = member.PidIn(host);
  const pid_t pid_in_middle = member.PidIn(init);
  const pid_t pid_inside = member.PidIn(nested_init);
  trial.Must(ON(member, Handle(SIGUSR1)));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(nested_init, getpid()), Eq(1));
  trial.Expect(ON(member, getpid()), Eq(2));

  trial.Step("Signal the member from each namespace around it");
  trial.Expect(ON(init, kill(pid_in_middle, SIGUSR1)), Eq(0));
  trial.Expect(ON(member, TimesHandled()), Eq(1));
  trial.Expect(ON(host, kill(pid_in_chamber, SIGUSR1)), Eq(0));
  trial.Expect(ON(member, TimesHandled()), Eq(2));

  trial.Step("Let the stranger try every number that the member has");
  trial.Expect(ON(stranger, kill(pid_in_chamber, SIGUSR1)), Fails{ESRCH});
  trial.Expect(ON(stranger, kill(pid_in_middle, SIGUSR1)), Fails{ESRCH});
  trial.Expect(ON(stranger, kill(pid_inside, SIGUSR1)), Fails{ESRCH});
  trial.Expect(ON(member, TimesHandled()), Eq(2));
}

EXPERIMENT(TheNumberIsThatOfTheSendersNamespace,
           .claim =
               "An ancestor has to use the PID that the process has in the "
               "ancestor's namespace; its number inside means somebody else.",
           .verifies = {"S2-42"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "kernel/pid.c find_vpid()"}) {
  const Process host = trial.Host();

  trial.Step("Make a sleeper, and ask for its number");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process sleeper = init.Clone("sleeper");
  trial.Expect(ON(sleeper, getpid()), Eq(2));

  trial.Step("Signal that number from outside");
  trial.Must(ON(host, Handle(SIGUSR1)));
  trial.Expect(ON(host, kill(2, SIGUSR1)), Eq(0));
  trial.Expect(ON(sleeper, getpid()), Eq(2));
  trial.Expect(ON(host, LastHandled()), Eq(Delivery{SIGUSR1, SI_USER, 2}));

  trial.Step("Signal the number that it has outside");
  const pid_t pid_outside = sleeper.PidIn(host);
  trial.Expect(ON(init, kill(pid_outside, SIGTERM)), Fails{ESRCH});
  trial.Expect(ON(host, kill(pid_outside, SIGTERM)), Eq(0));
  trial.Expect(init.Reap(sleeper), Eq(KilledBy(SIGTERM)));
  trial.Expect(ON(init, getpid()), Eq(1));
}

// The number of signals that kill(2) claims to have sent.
int SendAllButKillAndStop(pid_t pid) {
  int sent = 0;
  for (int signal = 1; signal <= kSignals; ++signal) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    if (kill(pid, signal) == 0) ++sent;
  }
  return sent;
}

EXPERIMENT(
    KillAndStopFromAnAncestorAreForced,
    .claim =
        "From an ancestor namespace, KILL and STOP reach a PID 1 that handles "
        "nothing; the 62 others are discarded.",
    .verifies = {"S2-43", "D-31", "D-32"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/signal.c send_signal_locked(), sig_task_ignored()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process sibling = init.Clone("sibling");
  const pid_t init_pid = init.PidIn(host);
  // TSTP, TTIN and TTOU do not stop a process whose process group is orphaned,
  // which means that no parent of its members is in another group of the
  // session. So neither the group of init nor that of its members may be
  // orphaned.
  trial.Must(ON(init, setpgid(0, 0)));

  trial.Step("Send init all signals but KILL and STOP from outside");
  trial.Expect(ON(host, SendAllButKillAndStop(init_pid)), Eq(62));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::pending)),
               Eq(SignalSet{}));

  trial.Step("Send two of them to members that are not PID 1");
  trial.Expect(host.Kill(sibling, SIGTERM), Eq(0));
  trial.Expect(init.Reap(sibling), Eq(KilledBy(SIGTERM)));
  const pid_t member_inside = member.PidIn(init);
  trial.Expect(host.Kill(member, SIGTSTP), Eq(0));
  trial.Expect(ON(init, WaitForStop(member_inside)), Eq(Signal{SIGTSTP}));
  trial.Expect(host.Kill(member, SIGCONT), Eq(0));

  trial.Step("Send STOP to init");
  trial.Expect(ON(host, kill(init_pid, SIGSTOP)), Eq(0));
  trial.Expect(ON(host, WaitForStop(init_pid)), Eq(Signal{SIGSTOP}));
  trial.Expect(ON(member, getppid()), Eq(1));

  trial.Step("Send CONT to it");
  trial.Expect(ON(host, kill(init_pid, SIGCONT)), Eq(0));
  trial.Expect(ON(host, WaitForContinue(init_pid)), Eq(Signal{SIGCONT}));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Send KILL to it");
  trial.Expect(ON(host, kill(init_pid, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

// kill(2) with -1 signals all processes, and with 0 the caller's own group.
// Neither is a group that an experiment has made.
int SignalGroup(pid_t group, int signal) {
  if (group <= 1 || group == getpgrp()) {
    errno = EPERM;
    return -1;
  }
  return kill(-group, signal);
}

EXPERIMENT(KillReachesPidOneInItsGroup,
           .claim =
               "KILL that an ancestor sends to a process group reaches the PID "
               "1 in it; TERM reaches only the others.",
           .verifies = {"D-47"},
           .sources = {"kill(2)", "kernel/signal.c __kill_pgrp_info()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process companion = host.Clone("companion");
  const pid_t group = init.PidIn(host);
  const pid_t companion_pid = companion.PidIn(host);

  trial.Step("Put init and a process outside into one group");
  trial.Must(ON(init, setpgid(0, 0)));
  trial.Must(ON(host, setpgid(companion_pid, group)));
  trial.Expect(ON(companion, getpgrp()), Eq(3));
  trial.Expect(ON(init, getpgrp()), Eq(1));

  trial.Step("Send TERM to the group");
  trial.Expect(ON(host, SignalGroup(group, SIGTERM)), Eq(0));
  trial.Expect(host.Reap(companion), Eq(KilledBy(SIGTERM)));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Send KILL to the group");
  trial.Expect(ON(host, SignalGroup(group, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

int Queue(pid_t pid, int signal, int number) {
  sigval value{};
  value.sival_int = number;
  return sigqueue(pid, signal, value);
}

EXPERIMENT(ASenderOutsideHasPidZero,
           .claim =
               "A signal from an ancestor arrives where it is handled, and "
               "si_pid is 0: the sender has no PID there.",
           .verifies = {"D-33", "D-34"},
           .sources = {"pid_namespaces(7), The namespace init process",
                       "kernel/signal.c send_signal_locked()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t member_pid = member.PidIn(host);
  const pid_t member_inside = member.PidIn(init);

  trial.Step("Let both handle USR1, and send it to each other");
  trial.Must(ON(init, Handle(SIGUSR1)));
  trial.Must(ON(member, Handle(SIGUSR1)));
  trial.Expect(ON(member, kill(1, SIGUSR1)), Eq(0));
  trial.Expect(ON(init, LastHandled()), Eq(Delivery{SIGUSR1, SI_USER, 2}));
  trial.Expect(ON(init, Queue(member_inside, SIGUSR1, 41)), Eq(0));
  trial.Expect(ON(member, LastHandled()),
               Eq(Delivery{SIGUSR1, SI_QUEUE, 1, 41}));

  trial.Step("Send it to both from outside");
  trial.Expect(host.Kill(init, SIGUSR1), Eq(0));
  trial.Expect(ON(init, LastHandled()), Eq(Delivery{SIGUSR1, SI_USER, 0}));
  trial.Expect(ON(host, kill(member_pid, SIGUSR1)), Eq(0));
  trial.Expect(ON(member, LastHandled()), Eq(Delivery{SIGUSR1, SI_USER, 0}));

  trial.Step("Send a value along");
  trial.Expect(ON(host, Queue(member_pid, SIGUSR1, 42)), Eq(0));
  trial.Expect(ON(member, LastHandled()),
               Eq(Delivery{SIGUSR1, SI_QUEUE, 0, 42}));
}

EXPERIMENT(ABlockedSignalFromOutsideArrivesOnce,
           .claim =
               "What PID 1 handles but blocks waits for it, however often an "
               "ancestor sends it, and arrives once.",
           .verifies = {"X-3"},
           .sources = {"signal(7), Queueing and delivery semantics for "
                       "standard signals",
                       "kernel/signal.c legacy_queue()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Let init handle USR1 and block it, and send it three times");
  trial.Must(ON(init, Handle(SIGUSR1)));
  trial.Must(ON(init, Block(SIGUSR1)));
  for (int i = 0; i < 3; ++i) trial.Must(host.Kill(init, SIGUSR1));
  trial.Expect(ON(init, TimesHandled()), Eq(0));
  trial.Expect(ON(init, IsPending(SIGUSR1)), Eq(1));

  trial.Step("Let init unblock it");
  trial.Expect(ON(init, Unblock(SIGUSR1)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(ON(init, LastHandled()), Eq(Delivery{SIGUSR1, SI_USER, 0}));

  trial.Step("Send it three times more, unblocked");
  for (int times = 2; times <= 4; ++times) {
    trial.Must(host.Kill(init, SIGUSR1));
    trial.Expect(ON(init, TimesHandled()), Eq(times));
  }
}

EXPERIMENT(AParentReadsItsOwnNumberForTheChild,
           .claim =
               "In the SIGCHLD that reaches a parent outside, si_pid is the "
               "child's PID in the parent's namespace.",
           .verifies = {"X-9"},
           .sources = {"sigaction(2), The siginfo_t argument to a SA_SIGINFO "
                       "handler",
                       "kernel/signal.c do_notify_parent()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);

  trial.Step("Let both parents handle CHLD");
  trial.Must(ON(host, Handle(SIGCHLD, SA_RESTART)));
  trial.Must(ON(init, Handle(SIGCHLD, SA_RESTART)));
  trial.Expect(ON(nested_init, getpid()), Eq(1));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let nested-init end, then init");
  nested_init.Exit(0);
  trial.Must(init.Reap(nested_init));
  trial.Expect(ON(init, LastHandled()), Eq(Delivery{SIGCHLD, CLD_EXITED, 2}));
  init.Exit(0);
  trial.Must(host.Reap(init));
  trial.Expect(ON(host, LastHandled()), Eq(Delivery{SIGCHLD, CLD_EXITED, 3}));
}

EXPERIMENT(AnAncestorNeedsPermissionAsWell,
           .claim =
               "To stand in an ancestor namespace gives no permission: the "
               "sender needs the same user id, or CAP_KILL.",
           .verifies = {"S2-41"},
           .sources = {"kill(2)", "kernel/signal.c check_kill_permission()"},
           .needs = {SecondUser()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t init_pid = init.PidIn(host);
  const pid_t member_pid = member.PidIn(host);

  trial.Step("Let somebody outside who is not root signal both");
  const Process user = host.Clone("user");
  trial.Must(ON(user, BecomeSecondUser()));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(user, kill(init_pid, SIGKILL)), Fails{EPERM});
  trial.Expect(ON(user, kill(member_pid, SIGTERM)), Fails{EPERM});

  trial.Step("Give all three the same user id, and try again");
  trial.Must(ON(init, BecomeSecondUser()));
  trial.Must(ON(member, BecomeSecondUser()));
  trial.Expect(ON(user, kill(member_pid, SIGTERM)), Eq(0));
  trial.Expect(init.Reap(member), Eq(KilledBy(SIGTERM)));
  trial.Expect(ON(user, kill(init_pid, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

}  // namespace
}  // namespace pidlab
