// A signal that PID 1 neither handles nor blocks has no effect on it from
// inside, not even KILL and STOP; but kill(2) succeeds for the sender.
//
// An answer to ON() proves that a process lives and runs: a fatal signal, or
// one that stops it, would have taken effect before it could give one.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/place.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::Lt;
using ::testing::StrEq;

// The number of signals that kill(2) claims to have sent. They are sent in the
// order of their numbers, so STOP comes after CONT, and a process that it stops
// is not resumed.
int SendEverySignal(pid_t pid) {
  int sent = 0;
  for (int signal = 1; signal <= kSignals; ++signal) {
    if (kill(pid, signal) == 0) ++sent;
  }
  return sent;
}

struct Tally {
  int killed = 0;
  int stopped = 0;
  int unharmed = 0;

  friend bool operator==(const Tally&, const Tally&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Tally& tally) {
    return out << tally.killed << " killed, " << tally.stopped << " stopped, "
               << tally.unharmed << " unharmed";
  }
};

// Sends each signal to a new child of the caller. The child exits when its pipe
// is closed; that is done after the signal was sent, so it exits only if the
// signal does nothing to it.
Sys<Tally> SendEverySignalToChildren() {
  Tally tally;
  prctl(PR_SET_DUMPABLE, 0);  // they leave no core files
  for (int signal = 1; signal <= kSignals; ++signal) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Sys<Tally>::Failed(errno);
    const Fd lifeline(ends[0]);
    Fd end(ends[1]);
    const Sys<pid_t> child = Clone3(0);
    if (!child.ok()) return Sys<Tally>::Failed(child.err);
    if (child.value == 0) {
      close(ends[1]);
      char byte;
      _exit(static_cast<int>(read(ends[0], &byte, 1)));
    }
    kill(child.value, signal);
    end.Close();
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(child.value), &info, WEXITED | WSTOPPED);
    if (info.si_code == CLD_STOPPED) {
      kill(child.value, SIGKILL);
      waitid(P_PID, static_cast<id_t>(child.value), nullptr, WEXITED);
    }
    ++(info.si_code == CLD_EXITED    ? tally.unharmed
       : info.si_code == CLD_STOPPED ? tally.stopped
                                     : tally.killed);
  }
  prctl(PR_SET_DUMPABLE, 1);
  return {tally};
}

EXPERIMENT(
    NoSignalFromInsideHarmsPidOne,
    .claim =
        "No signal from inside its namespace, KILL and STOP included, "
        "harms a PID 1 that neither handles nor blocks it; kill() says 0.",
    .verifies = {"S2-39", "D-30", "D-35"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/signal.c sig_task_ignored()"}) {
  const Process host = trial.Host();

  trial.Step("Make an init that leaves every signal at its default");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  // A terminal's stop signals (TSTP, TTIN, TTOU) do not stop a process whose
  // process group is orphaned, which means that no parent of its members is in
  // another group of the session.
  trial.Must(ON(init, setpgid(0, 0)));
  const auto none = Eq(SignalSet{});
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::caught)), none);
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::ignored)), none);
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::blocked)), none);

  trial.Step("Send it KILL and STOP from inside");
  trial.Expect(ON(member, kill(1, SIGKILL)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(member, kill(1, SIGSTOP)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Send it all 64 signals, then let it send them to itself");
  trial.Expect(ON(member, SendEverySignal(1)), Eq(kSignals));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, SendEverySignal(getpid())), Eq(kSignals));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Send each of them to a process that is not PID 1");
  trial.Expect(ON(member, SendEverySignalToChildren()), Eq(Tally{56, 4, 4}));
  ON(member, kill(getpid(), SIGKILL)).Start();
  trial.Expect(init.Reap(member), Eq(KilledBy(SIGKILL)));
}

EXPERIMENT(
    WhatPidOneHandlesOrBlocksArrives,
    .claim =
        "A signal from inside reaches PID 1 if it handles it, and waits "
        "for it if it blocks it, handler or not; only what is neither is "
        "discarded.",
    .verifies = {"S2-35"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/signal.c sig_ignored()"}) {
  const Process host = trial.Host();

  trial.Step("Let init handle USR1, and block USR2 without a handler");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  trial.Must(ON(init, Handle(SIGUSR1)));
  trial.Must(ON(init, Block(SIGUSR2)));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::caught)),
               Eq(SignalSet::Of(SIGUSR1)));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::blocked)),
               Eq(SignalSet::Of(SIGUSR2)));

  trial.Step("Send it USR1, USR2 and TERM from inside");
  trial.Expect(ON(member, kill(1, SIGUSR1)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGUSR2)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));

  trial.Step("See what came of each");
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::pending)),
               Eq(SignalSet::Of(SIGUSR2)));
  trial.Expect(ON(init, TakePending(SIGUSR2).Get(&Delivery::signal)),
               Eq(SIGUSR2));
}

EXPERIMENT(
    ASignalBeforeTheHandlerIsLost,
    .claim =
        "A signal that is sent before PID 1 installs its handler is lost, "
        "and nobody is told.",
    .verifies = {"D-42d"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/signal.c prepare_signal()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("Send TERM before init handles it");
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));

  trial.Step("Let init handle it from now on");
  trial.Must(ON(init, Handle(SIGTERM)));
  trial.Expect(ON(init, TimesHandled()), Eq(0));

  trial.Step("Send it again");
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(1));

  trial.Step("Be as early with a process that is not PID 1");
  trial.Expect(init.Kill(member, SIGTERM), Eq(0));
  trial.Expect(init.Reap(member), Eq(KilledBy(SIGTERM)));
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

// A pipe that holds one page.
Sys<Pipe> MakeSmallPipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETPIPE_SZ, 4096) < 0) {
    return Sys<Pipe>::Failed(errno);
  }
  return {{ends[0], ends[1]}};
}

// Reads until it has `count` bytes.
ssize_t ReadBytes(int fd, ssize_t count) {
  char bytes[4096];
  ssize_t got = 0;
  while (got < count) {
    const ssize_t left = std::min<ssize_t>(count - got, sizeof(bytes));
    const ssize_t size = read(fd, bytes, static_cast<size_t>(left));
    if (size <= 0) return -1;
    got += size;
  }
  return got;
}

// These are many times more bytes than the pipe holds, for any size of page.
const char kBytes[256 << 10] = {};
constexpr ssize_t kAll = sizeof(kBytes);

// ppoll(2) that blocks no signal, and waits for nothing but a signal.
int WaitForASignal() {
  sigset_t none;
  sigemptyset(&none);
  return ppoll(nullptr, 0, nullptr, &none);
}

EXPERIMENT(ADiscardedSignalInterruptsNothing,
           .claim =
               "What is discarded does not interrupt a system call of PID 1, "
               "what it handles does.",
           .verifies = {"D-41"},
           .sources = {
               "signal(7), Interruption of system calls and library functions "
               "by signal handlers",
               "fs/pipe.c pipe_write()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Pipe pipe = trial.Must(ON(init, MakeSmallPipe()));
  const Process member = init.Clone("member");

  // The first byte can be read, so the write has begun. It cannot end before
  // most of the bytes are read. If it were interrupted, it would return a
  // smaller number, with or without a handler.
  trial.Step("Let init begin a write that the pipe cannot hold");
  const auto writing = ON(init, write(pipe.write_end, kBytes, sizeof(kBytes)));
  writing.Start();
  trial.Expect(ON(member, ReadBytes(pipe.read_end, 1)), Eq(1));

  trial.Step("Send every signal meanwhile, then read the rest");
  trial.Expect(ON(member, SendEverySignal(1)), Eq(kSignals));
  const auto reading = ON(member, ReadBytes(pipe.read_end, kAll - 1));
  reading.Start();
  trial.Expect(writing.Await(), Eq(kAll));
  trial.Must(reading.Await());

  trial.Step("Let init handle TERM, begin again, and send it");
  trial.Must(ON(init, Handle(SIGTERM)));
  writing.Start();
  trial.Must(ON(member, ReadBytes(pipe.read_end, 1)));
  trial.Expect(ON(member, kill(1, SIGTERM)), Eq(0));
  trial.Expect(writing.Await(), Lt(kAll));
  trial.Expect(ON(init, TimesHandled()), Eq(1));

  trial.Step("Interrupt a call that has done nothing yet");
  trial.Must(ON(init, Block(SIGTERM)));
  trial.Must(ON(member, kill(1, SIGTERM)));
  trial.Expect(ON(init, WaitForASignal()), Fails{EINTR});
}

Program BecomeInteractiveBash(const Process& process) {
  Program bash = process.Exec({"bash", "--norc", "--noprofile", "--noediting"},
                              Process::Stdio::kTerminal);
  // Only what commands print is left: no prompt, no echo, and \n at the end. No
  // history is written when the terminal hangs up.
  bash.Write("unset HISTFILE; PS1=; stty -echo -onlcr; echo rea''dy\n");
  bash.Await("ready\n");
  return bash;
}

EXPERIMENT(BashIgnoresQuitAnyway,
           .claim =
               "bash as PID 1 takes a signal for which it has a trap; that it "
               "survives QUIT proves nothing, since every bash does.",
           .verifies = {"S2-37", "S2-38", "S2-39"},
           .sources = {"bash(1), SIGNALS", "signal(7), Signal dispositions",
                       "kernel/signal.c sig_task_ignored()"},
           .needs = {Tool("bash", "bash"), Tool("stty", "coreutils"),
                     FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Let bash be PID 1, and set a trap for INT");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t init_pid = init.PidIn(host);
  Program bash = BecomeInteractiveBash(init);
  trial.Expect(bash.Type("echo $$; trap 'echo int' INT"), StrEq("1"));
  trial.Expect(ON(host, StatusOf(init_pid).value.caught.Has(SIGINT)), Eq(true));

  trial.Step("Send it INT from inside");
  trial.Expect(ON(member, kill(1, SIGINT)), Eq(0));
  trial.Expect(bash.Type("echo alive"), StrEq("int\nalive"));

  trial.Step("Send it QUIT, STOP and KILL");
  trial.Expect(ON(member, kill(1, SIGQUIT)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGSTOP)), Eq(0));
  trial.Expect(ON(member, kill(1, SIGKILL)), Eq(0));
  trial.Expect(bash.Type("echo $$"), StrEq("1"));

  trial.Step("See how it is prepared for QUIT");
  trial.Expect(ON(host, StatusOf(init_pid).value.caught.Has(SIGQUIT)),
               Eq(false));
  trial.Expect(ON(host, StatusOf(init_pid).value.ignored.Has(SIGQUIT)),
               Eq(true));

  trial.Step("Send QUIT, then KILL, to a bash that is not PID 1");
  const Process shell = host.Clone("shell");
  Program other = BecomeInteractiveBash(shell);
  trial.Expect(host.Kill(shell, SIGQUIT), Eq(0));
  trial.Expect(other.Type("echo alive"), StrEq("alive"));
  trial.Expect(host.Kill(shell, SIGKILL), Eq(0));
  trial.Expect(host.Reap(shell), Eq(KilledBy(SIGKILL)));

  trial.Step("Send QUIT to an init that leaves it at its default");
  const Process plain_init = host.Clone("plain-init", CLONE_NEWPID);
  const Process sibling = plain_init.Clone("sibling");
  const Process sender = plain_init.Clone("sender");
  trial.Must(ON(sibling, prctl(PR_SET_DUMPABLE, 0)));  // no core file
  trial.Expect(ON(sender, kill(1, SIGQUIT)), Eq(0));
  trial.Expect(ON(plain_init, getpid()), Eq(1));
  trial.Expect(sender.Kill(sibling, SIGQUIT), Eq(0));
  trial.Expect(plain_init.Reap(sibling), Eq(KilledBy(SIGQUIT)));
}

// kill(2) with -1 signals all processes: in the wrong namespace this would be
// the whole machine.
int SignalEverybody(int signal, Place outside) {
  if (!IsOneLevelBelow(outside)) {
    errno = EPERM;
    return -1;
  }
  return kill(-1, signal);
}

EXPERIMENT(EverybodyMeansTheOthersInside,
           .claim =
               "kill(-1) reaches everybody in the namespace but PID 1 and the "
               "caller, and nobody outside.",
           .verifies = {"D-48"},
           .sources = {"kill(2), NOTES",
                       "kernel/signal.c kill_something_info()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process caller = init.Clone("caller");
  const Process sibling = init.Clone("sibling");
  const Process witness = host.Clone("witness");
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Try to signal everybody from outside, and be refused");
  trial.Expect(ON(host, SignalEverybody(SIGUSR1, outside)), Fails{EPERM});

  trial.Step("Let everybody handle USR1, and send it to everybody");
  for (const Process& process : {init, caller, sibling, witness}) {
    trial.Must(ON(process, Handle(SIGUSR1)));
  }
  trial.Expect(ON(caller, SignalEverybody(SIGUSR1, outside)), Eq(0));
  trial.Expect(ON(sibling, TimesHandled()), Eq(1));
  trial.Expect(ON(init, TimesHandled()), Eq(0));
  trial.Expect(ON(caller, TimesHandled()), Eq(0));
  trial.Expect(ON(witness, TimesHandled()), Eq(0));

  trial.Step("Send KILL to everybody");
  trial.Expect(ON(caller, SignalEverybody(SIGKILL, outside)), Eq(0));
  trial.Expect(init.Reap(sibling), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(caller, getppid()), Eq(1));
  trial.Expect(ON(witness, TimesHandled()), Eq(0));

  trial.Step("Let init send it when nobody else is inside");
  caller.Exit(0);
  trial.Must(init.Reap(caller));
  trial.Expect(ON(init, SignalEverybody(SIGKILL, outside)), Fails{ESRCH});
  trial.Expect(ON(witness, TimesHandled()), Eq(0));
}

}  // namespace
}  // namespace pidlab
