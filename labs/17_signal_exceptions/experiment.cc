// Exceptions to "PID 1 gets only what it handles": a signal that is blocked
// stays pending, CONT resumes, a tracer can stop and kill; and handlers do not
// last for ever.
//
// An answer to ON() proves that a process lives and runs: a fatal signal, or
// one that stops it, would have taken effect before it could give one.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;

// Reads a pending signal from a signalfd(2); EAGAIN if there is none.
Sys<Delivery> TakeFromSignalfd(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  const Fd fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  signalfd_siginfo info{};
  if (!fd.valid() || read(fd.get(), &info, sizeof(info)) < 0) {
    return Sys<Delivery>::Failed(errno);
  }
  return {{static_cast<int>(info.ssi_signo), info.ssi_code,
           static_cast<pid_t>(info.ssi_pid)}};
}

constexpr SignalSet kTermAndUsr1{SignalSet::Of(SIGTERM).bits |
                                 SignalSet::Of(SIGUSR1).bits};

EXPERIMENT(WhatPidOneBlocksWaitsForIt,
           .claim =
               "A signal that PID 1 blocks is queued without a handler, for "
               "sigtimedwait(2) or signalfd(2) to take; when it is unblocked "
               "it is discarded.",
           .verifies = {"D-40"},
           .sources = {"pid_namespaces(7), The namespace init process",
                       "kernel/signal.c sig_ignored(), get_signal()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const auto pending = ON(init, OwnStatus().Get(&ProcessStatus::pending));

  trial.Step("Let init block everything, and send it TERM, USR1 and KILL");
  trial.Must(ON(init, BlockEverySignal()));
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGUSR1)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGKILL)), Eq(0));
  trial.Expect(pending, Eq(kTermAndUsr1));

  trial.Step("Take one in each of two ways");
  trial.Expect(ON(init, TakePending(SIGTERM)),
               Eq(Delivery{SIGTERM, SI_USER, 2}));
  trial.Expect(ON(init, TakeFromSignalfd(SIGUSR1)),
               Eq(Delivery{SIGUSR1, SI_USER, 2}));
  trial.Expect(pending, Eq(SignalSet{}));

  trial.Step("Send TERM once more, and let init unblock it");
  trial.Must(ON(member, kill(1, SIGTERM)));
  trial.Expect(pending, Eq(SignalSet::Of(SIGTERM)));
  trial.Expect(ON(init, Unblock(SIGTERM)), Eq(0));
  trial.Expect(pending, Eq(SignalSet{}));

  trial.Step("Let a process that is not PID 1 do the same");
  trial.Must(ON(member, Block(SIGTERM)));
  trial.Must(init.Kill(member, SIGTERM));
  trial.Expect(ON(member, IsPending(SIGTERM)), Eq(1));
  ON(member, Unblock(SIGTERM)).Start();
  trial.Expect(init.Reap(member), Eq(KilledBy(SIGTERM)));
}

EXPERIMENT(AMembersContWakesPidOne,
           .claim =
               "CONT from a member resumes a stopped PID 1 that does not "
               "handle it: waking is no matter of dispositions.",
           .verifies = {"D-32b"},
           .sources = {"signal(7), Standard signals",
                       "kernel/signal.c prepare_signal()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t init_pid = init.PidIn(host);
  const auto state = ON(host, StatusOf(init_pid).Get(&ProcessStatus::state));

  trial.Step("Stop init, from outside");
  trial.Must(ON(host, kill(init_pid, SIGSTOP)));
  trial.Expect(ON(host, WaitForStop(init_pid)), Eq(Signal{SIGSTOP}));

  trial.Step("Send it TERM and KILL from inside");
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGKILL)), Eq(0));
  trial.Expect(state, Eq(kStopped));

  trial.Step("Send it CONT from inside");
  trial.Expect(ON(member, kill(1, SIGCONT)), Eq(0));
  trial.Expect(ON(host, WaitForContinue(init_pid)), Eq(Signal{SIGCONT}));
  trial.Expect(ON(init, getpid()), Eq(1));
}

EXPERIMENT(AOneShotHandlerTakesOneSignal,
           .claim =
               "With SA_RESETHAND PID 1 gets the first signal and not the "
               "second: after the first there is no handler any more.",
           .verifies = {"D-46"},
           .sources = {"sigaction(2), SA_RESETHAND",
                       "kernel/signal.c get_signal()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("Give init and member a handler for one TERM");
  trial.Must(ON(init, Handle(SIGTERM, SA_RESETHAND)));
  trial.Must(ON(member, Handle(SIGTERM, SA_RESETHAND)));
  const auto caught = ON(init, OwnStatus().Get(&ProcessStatus::caught));
  trial.Expect(caught, Eq(SignalSet::Of(SIGTERM)));

  trial.Step("Let them send it to each other");
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(caught, Eq(SignalSet{}));
  trial.Expect(init.Kill(member, SIGTERM), Eq(0));
  trial.Expect(ON(member, TimesHandled()), Eq(1));

  trial.Step("Let them send it once more");
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(init.Kill(member, SIGTERM), Eq(0));
  trial.Expect(init.Reap(member), Eq(KilledBy(SIGTERM)));
}

EXPERIMENT(ExecDropsTheHandlers,
           .claim =
               "When PID 1 calls exec its handlers are gone, so their signals "
               "are discarded again; what it ignores stays ignored.",
           .verifies = {"D-17"},
           .sources = {"execve(2), Effect on process attributes",
                       "kernel/signal.c flush_signal_handlers()"},
           .needs = {Tool("sh", "dash"), FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process ordinary = host.Clone("ordinary");
  const pid_t init_pid = init.PidIn(host);

  trial.Step("Let two processes handle USR1 and ignore USR2");
  for (const Process& process : {init, ordinary}) {
    trial.Must(ON(process, Handle(SIGUSR1)));
    trial.Must(ON(process, Ignore(SIGUSR2)));
  }
  trial.Expect(ON(host, kill(init_pid, SIGUSR1)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(host.Kill(ordinary, SIGUSR1), Eq(0));
  trial.Expect(ON(ordinary, TimesHandled()), Eq(1));

  trial.Step("Let both become a shell");
  Program shell = init.Exec({"sh"});
  Program other = ordinary.Exec({"sh"});
  trial.Expect(shell.Type("echo $$"), StrEq("1"));
  trial.Expect(ON(host, StatusOf(init_pid).value.caught.Has(SIGUSR1)),
               Eq(false));
  trial.Expect(ON(host, StatusOf(init_pid).value.ignored.Has(SIGUSR2)),
               Eq(true));

  trial.Step("Send USR1 and USR2 to both");
  trial.Expect(ON(host, kill(init_pid, SIGUSR2)), Eq(0));
  trial.Expect(ON(host, kill(init_pid, SIGUSR1)), Eq(0));
  trial.Expect(shell.Type("echo alive"), StrEq("alive"));
  trial.Expect(host.Kill(ordinary, SIGUSR2), Eq(0));
  trial.Expect(other.Type("echo alive"), StrEq("alive"));
  trial.Expect(host.Kill(ordinary, SIGUSR1), Eq(0));
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGUSR1)));

  trial.Step("Send KILL from outside to the one that is left");
  trial.Expect(ON(host, kill(init_pid, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

long Seize(pid_t pid, long options) {
  return ptrace(PTRACE_SEIZE, pid, nullptr, options);
}

EXPERIMENT(ATracerInsideStopsPidOne,
           .claim =
               "A member that may trace PID 1 can stop it: the STOP of "
               "PTRACE_ATTACH is not discarded.",
           .verifies = {"D-45"},
           .sources = {"ptrace(2), PTRACE_ATTACH",
                       "kernel/ptrace.c ptrace_attach()"},
           .needs = {Tracing(), FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process sibling = init.Clone("sibling");
  const pid_t init_pid = init.PidIn(host);
  const pid_t sibling_pid = sibling.PidIn(init);

  trial.Step("Let member send STOP to its sibling and to init");
  trial.Expect(ON(member, kill(sibling_pid, SIGSTOP)), Eq(0));
  trial.Expect(ON(init, WaitForStop(sibling_pid)), Eq(Signal{SIGSTOP}));
  trial.Expect(ON(member, kill(1, SIGSTOP)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let member trace init");
  trial.Expect(ON(member, ptrace(PTRACE_ATTACH, 1, nullptr, 0)), Eq(0));
  trial.Expect(ON(member, WaitForStop(1)), Eq(Signal{SIGSTOP}));
  trial.Expect(ON(host, StatusOf(init_pid).Get(&ProcessStatus::state)),
               Eq(ProcessState{'t'}));

  trial.Step("Let member let go of it");
  trial.Expect(ON(member, ptrace(PTRACE_DETACH, 1, nullptr, 0)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));
}

EXPERIMENT(ATracersEndKillsPidOne,
           .claim =
               "When a member ends that traces PID 1 with PTRACE_O_EXITKILL, "
               "the kernel kills PID 1.",
           .verifies = {"D-44"},
           .sources = {"ptrace(2), PTRACE_O_EXITKILL",
                       "kernel/ptrace.c exit_ptrace()"},
           .needs = {Tracing()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process gentle = init.Clone("gentle");
  const Process grim = init.Clone("grim");
  const Process witness = init.Clone("witness");

  trial.Step("Let a tracer of init end that has set no option");
  trial.Expect(ON(gentle, Seize(1, 0)), Eq(0));
  trial.Expect(ON(grim, Seize(1, 0)), Fails{EPERM});
  gentle.Exit(0);
  trial.Must(init.Reap(gentle));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let another one trace init, with PTRACE_O_EXITKILL");
  trial.Expect(ON(grim, Seize(1, PTRACE_O_EXITKILL)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let that tracer end");
  grim.Exit(0);
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
  trial.Expect(host.Kill(witness, 0), Fails{ESRCH});
}

}  // namespace
}  // namespace pidlab
