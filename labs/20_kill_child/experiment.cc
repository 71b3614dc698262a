// What unshare --kill-child does: it sets the parent-death signal of the child
// that unshare forks (PR_SET_PDEATHSIG), and nothing else. What the signal does
// depends on PID 1.
//
// No experiment drives the process that unshare(1) has forked, so its ending is
// the evidence. The first fatal signal decides the ending, when it is sent: a
// process that is killed by KILL at last was not harmed by earlier signals.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"
#include "lib/linux/thread.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::StrEq;
using Stdio = Process::Stdio;
using Words = std::vector<std::string>;

const Words kCat = {"sh", "-c", "printf ready; exec cat"};

// A shell that runs each line that it reads. At the end of its input it exits
// with 42, if it is still there.
Words Shell(const std::string& first = ":") {
  return {"sh", "-c",
          first +
              "; printf ready; while read -r line; do eval \"$line\"; "
              "done; exit 42"};
}
constexpr Ending kUnharmed = Exited(42);

// unshare(1), and the child that it forks. Both have the same input and output.
struct Pair {
  Process unshare;
  Program program;
  pid_t unshare_pid;  // their PIDs as host sees them
  pid_t child;
};

// Lets `unshare` become unshare(1).
Pair Exec(Trial& trial, const Process& unshare, const Words& options,
          const Words& command, Stdio stdio) {
  const Process host = trial.Host();
  // host adopts the processes that are left behind, so it learns how they end
  // (lab 10).
  trial.Must(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 1)));
  Words all = {"unshare"};
  all.insert(all.end(), options.begin(), options.end());
  all.insert(all.end(), command.begin(), command.end());
  const Program program = unshare.Exec(all, stdio);
  const pid_t pid = unshare.PidIn(host);
  return {unshare, program, pid, pid + 1};  // the chamber's next number
}

// The same, and waits until the command says "ready". Before that, its death
// signal may not be set yet with a util-linux before 2.39.
Pair Run(Trial& trial, const Process& unshare, const Words& options,
         const Words& command) {
  Pair pair = Exec(trial, unshare, options, command, Stdio::kPipe);
  pair.program.Await("ready");
  return pair;
}

// Lets the shell run a line: the answer is not unshare's.
Observation<std::string> Answer(Pair& pair, const std::string& line) {
  Observation<std::string> answer = pair.program.Type(line);
  answer.process = "its child";
  return answer;
}

Sys<SignalSet> SigBlkOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::blocked);
}
Sys<SignalSet> ShdPndOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::pending);
}
Sys<bool> Catches(pid_t pid, int signal) {
  const Sys<ProcessStatus> status = StatusOf(pid);
  return {status.value.caught.Has(signal), status.err};
}

EXPERIMENT(
    KillChildEndsTheChildOfUnshare,
    .claim =
        "unshare --kill-child forks, and when it dies, the kernel sends "
        "SIGKILL "
        "to its child; without the option, PID 1 and its namespace go on.",
    .verifies = {"S2-31", "S2-34"},
    .sources = {"unshare(1), --kill-child", "prctl(2), PR_SET_PDEATHSIG",
                "kernel/exit.c forget_original_parent()"},
    .needs = {UtilLinux("unshare"), Tool("sh", "dash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Run unshare --pid without --fork");
  trial.Expect(host.Printed({"unshare", "--pid", "sh", "-c", "echo $$"}),
               StrEq("3\n"));

  trial.Step("Run it with --kill-child, still without --fork");
  const auto tied =
      Run(trial, host.Clone("unshare"), {"--pid", "--kill-child"}, Shell());
  const pid_t tied_unshare = tied.unshare_pid;
  const pid_t tied_child = tied.child;
  trial.Expect(ON(host, NSpidOf(tied_child)), Eq(PidChain{5, 1}));
  trial.Expect(ON(host, PPidOf(tied_child)), Eq(tied_unshare));

  trial.Step("Kill unshare");
  trial.Expect(ON(host, kill(tied_unshare, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(tied.unshare), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, WaitFor(tied_child)), Eq(KilledBy(SIGKILL)));

  trial.Step("Kill an unshare that has no --kill-child");
  auto loose = Run(trial, host.Clone("loose"), {"--pid", "--fork"}, Shell());
  const pid_t loose_unshare = loose.unshare_pid;
  const pid_t loose_child = loose.child;
  trial.Expect(ON(host, kill(loose_unshare, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(loose.unshare), Eq(KilledBy(SIGKILL)));
  trial.Expect(Answer(loose, "echo $$"), StrEq("1"));
  trial.Expect(ON(host, PPidOf(loose_child)), Eq(2));
  loose.program.CloseInput();
  trial.Expect(ON(host, WaitFor(loose_child)), Eq(kUnharmed));
}

// Makes a child of host in the namespace of `init`, so that host learns how it
// ends.
Process SendIn(Trial& trial, const std::string& name, pid_t init) {
  const Process host = trial.Host();
  const pid_t own_pid = host.PidIn(host);
  trial.Must(ON(host, CreateChildrenInNamespaceOf(init)));
  const Process guest = host.Clone(name);
  trial.Must(ON(host, CreateChildrenInNamespaceOf(own_pid)));
  return guest;
}

EXPERIMENT(
    TheSignalIsNotForTheMembers,
    .claim =
        "--kill-child=SIG says nothing of the end of PID 1: its members get "
        "SIGKILL. SIG is for the child of unshare, when unshare dies.",
    .verifies = {"S2-30"},
    .sources = {"unshare(1), --kill-child",
                "pid_namespaces(7), The namespace init process",
                "kernel/pid_namespace.c zap_pid_ns_processes()"},
    .needs = {UtilLinux("unshare"), Tool("sh", "dash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Choose HUP for --kill-child, and send in a member");
  auto pair =
      Run(trial, host.Clone("unshare"), {"--pid", "--kill-child=SIGHUP"}, kCat);
  const pid_t child = pair.child;
  const Process member = SendIn(trial, "member", child);
  const pid_t member_pid = member.PidIn(host);
  trial.Expect(ON(host, NSpidOf(child)), Eq(PidChain{4, 1}));
  trial.Expect(ON(host, NSpidOf(member_pid)), Eq(PidChain{5, 2}));

  trial.Step("See that the member would survive HUP");
  trial.Must(ON(member, Handle(SIGHUP)));
  trial.Expect(ON(host, kill(member_pid, SIGHUP)), Eq(0));
  trial.Expect(ON(member, TimesHandled()), Eq(1));

  trial.Step("Let PID 1 end");
  pair.program.CloseInput();
  trial.Expect(host.Reap(member), Eq(KilledBy(SIGKILL)));
  trial.Expect(host.Reap(pair.unshare), Eq(Exited(0)));

  // A signal that is blocked stays in ShdPnd, which shows that the process got
  // it.
  trial.Step("Begin again, with a PID 1 that blocks HUP");
  const Process deaf_unshare = host.Clone("deaf-unshare");
  trial.Must(ON(deaf_unshare, Block(SIGHUP)));  // its child inherits that
  const auto deaf =
      Run(trial, deaf_unshare, {"--pid", "--kill-child=SIGHUP"}, kCat);
  const pid_t deaf_child = deaf.child;
  const Process witness = SendIn(trial, "witness", deaf_child);
  trial.Must(ON(witness, Handle(SIGHUP)));
  trial.Expect(ON(host, ShdPndOf(deaf_child)), Eq(SignalSet{}));

  trial.Step("Kill unshare, and look who gets HUP");
  const pid_t deaf_unshare_pid = deaf.unshare_pid;
  trial.Expect(ON(host, kill(deaf_unshare_pid, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(deaf_unshare), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, ShdPndOf(deaf_child)), Eq(SignalSet::Of(SIGHUP)));
  trial.Expect(ON(witness, TimesHandled()), Eq(0));

  trial.Step("Let this PID 1 end, too");
  trial.Expect(ON(host, kill(deaf_child, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(witness), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, WaitFor(deaf_child)), Eq(KilledBy(SIGKILL)));
}

// Kills unshare, then lets its child read the end of its input, and returns how
// the child ends.
Observation<Ending> EndWithoutUnshare(Trial& trial, Pair pair) {
  const Process host = trial.Host();
  const pid_t unshare_pid = pair.unshare_pid;
  const pid_t child = pair.child;
  trial.Must(ON(host, kill(unshare_pid, SIGKILL)));
  trial.Must(host.Reap(pair.unshare));
  pair.program.CloseInput();
  return ON(host, WaitFor(child)).Run();
}

EXPERIMENT(PidOneHasToHandleTheSignal,
           .claim =
               "--kill-child=HUP or TERM ends PID 1 only if PID 1 handles that "
               "signal; it is discarded if PID 1 leaves it at its default.",
           .verifies = {"S2-32"},
           .sources = {"unshare(1), --kill-child",
                       "pid_namespaces(7), The namespace init process",
                       "kernel/signal.c sig_task_ignored()"},
           .needs = {UtilLinux("unshare"), Tool("sh", "dash"),
                     Tool("bash", "bash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Choose HUP for a shell without a trap");
  const auto hup =
      Run(trial, host.Clone("hup"), {"--pid", "--kill-child=SIGHUP"}, Shell());
  const pid_t hup_child = hup.child;
  trial.Expect(ON(host, NSpidOf(hup_child)), Eq(PidChain{4, 1}));
  trial.Expect(ON(host, Catches(hup_child, SIGHUP)), Eq(false));
  trial.Expect(EndWithoutUnshare(trial, hup), Eq(kUnharmed));

  trial.Step("Choose TERM for it");
  const auto term = Run(trial, host.Clone("term"),
                        {"--pid", "--kill-child=SIGTERM"}, Shell());
  trial.Expect(EndWithoutUnshare(trial, term), Eq(kUnharmed));

  trial.Step("Give it a trap on TERM");
  const auto trap =
      Run(trial, host.Clone("trap"), {"--pid", "--kill-child=SIGTERM"},
          Shell("trap 'exit 5' TERM"));
  const pid_t trap_child = trap.child;
  trial.Expect(ON(host, Catches(trap_child, SIGTERM)), Eq(true));
  trial.Expect(EndWithoutUnshare(trial, trap), Eq(Exited(5)));

  // This uses -i instead of a terminal, which would send its own HUP, too.
  trial.Step("Choose HUP for an interactive bash, as tutorial 2 does");
  const Words interactive = {"sh", "-c", "printf ready; exec bash --norc -i"};
  auto bash = Run(trial, host.Clone("bash"), {"--pid", "--kill-child=SIGHUP"},
                  interactive);
  bash.program.Write("unset HISTFILE; echo at work\n");
  bash.program.Await("at work\n");
  const pid_t bash_child = bash.child;
  trial.Expect(ON(host, Catches(bash_child, SIGHUP)), Eq(true));
  trial.Expect(EndWithoutUnshare(trial, bash), Eq(Exited(129)));

  trial.Step("Choose HUP for a shell that is not PID 1");
  const auto outside =
      Run(trial, host.Clone("outside"), {"--kill-child=SIGHUP"}, Shell());
  trial.Expect(EndWithoutUnshare(trial, outside), Eq(KilledBy(SIGHUP)));
}

// Since util-linux 2.36 unshare(1) blocks these while it waits for its child.
const SignalSet kIntAndTerm = {SignalSet::Of(SIGINT).bits |
                               SignalSet::Of(SIGTERM).bits};

// unshare has got this signal: the signal stays pending if unshare blocks it,
// and kills unshare if not.
void ExpectKeptOrFatal(Trial& trial, const Pair& pair, int signal, bool blocked,
                       Where where = Where::Here()) {
  const Process host = trial.Host();
  const pid_t unshare = pair.unshare_pid;
  if (blocked) {
    trial.Expect(ON(host, ShdPndOf(unshare)), Eq(SignalSet::Of(signal)), where);
  } else {
    trial.Expect(host.Reap(pair.unshare), Eq(KilledBy(signal)), where);
  }
}

EXPERIMENT(
    TermEndsNothingWhereUnshareBlocksIt,
    .claim =
        "kill(1), which sends TERM, ends neither an unshare that blocks TERM "
        "nor its namespace; a signal that kills unshare ends both.",
    .verifies = {"S2-33"},
    .sources = {"unshare(1), EXAMPLES",
                "util-linux 2.36, sys-utils/unshare.c main()"},
    .needs = {UtilLinux("unshare"), Tool("sh", "dash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Read which signals unshare blocks");
  auto pair =
      Run(trial, host.Clone("unshare"), {"--pid", "--kill-child"}, Shell());
  const pid_t unshare = pair.unshare_pid;
  const pid_t child = pair.child;
  const auto blocked = ON(host, SigBlkOf(unshare)).Run();
  const bool blocks_term = blocked.value.Has(SIGTERM);
  trial.Expect(blocked, AnyOf(kIntAndTerm, SignalSet{}));
  trial.Expect(ON(host, NSpidOf(child)), Eq(PidChain{4, 1}));

  trial.Step("Send TERM to unshare, as its manual page does");
  trial.Expect(ON(host, kill(unshare, SIGTERM)), Eq(0));
  ExpectKeptOrFatal(trial, pair, SIGTERM, blocks_term);
  if (blocks_term) {
    trial.Expect(Answer(pair, "echo $$"), StrEq("1"));
  } else {
    trial.Expect(ON(host, WaitFor(child)), Eq(KilledBy(SIGKILL)));
  }

  trial.Step("Send HUP to another, which no version blocks");
  const auto other =
      Run(trial, host.Clone("other"), {"--pid", "--kill-child"}, Shell());
  const pid_t other_unshare = other.unshare_pid;
  const pid_t other_child = other.child;
  trial.Expect(ON(host, kill(other_unshare, SIGHUP)), Eq(0));
  trial.Expect(host.Reap(other.unshare), Eq(KilledBy(SIGHUP)));
  trial.Expect(ON(host, WaitFor(other_child)), Eq(KilledBy(SIGKILL)));
}

// There is no event for an exec, so this looks again and again. A shell that
// says "ready" would not do: dash -c catches INT.
Sys<int> AwaitSleep(pid_t pid) {
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  while (!deadline.Passed()) {
    const Sys<ProcessStatus> status = StatusOf(pid);
    if (status.ok() && status.value.name == "sleep" &&
        status.value.caught == SignalSet{}) {
      return {0};
    }
    sched_yield();
  }
  return Sys<int>::Failed(ETIMEDOUT);
}

// unshare(1) and a sleep(1), on a terminal of their own.
Pair SleepOnTerminal(Trial& trial, const std::string& name,
                     const Words& options) {
  const Process host = trial.Host();
  Pair pair = Exec(trial, host.Clone(name), options, {"sleep", "1000"},
                   Stdio::kTerminal);
  const pid_t child = pair.child;
  trial.Must(ON(host, AwaitSleep(child)));
  return pair;
}

EXPERIMENT(
    CtrlCDoesNotReachPidOne,
    .claim =
        "Ctrl-C ends neither an unshare --pid --fork that blocks INT nor a PID "
        "1 without a handler; Ctrl-\\ ends unshare, and leaves PID 1 behind.",
    .verifies = {"C-1"},
    .sources = {"termios(3), ISIG", "drivers/tty/n_tty.c isig()",
                "kernel/signal.c sig_task_ignored()"},
    .needs = {UtilLinux("unshare"), Tool("sh", "dash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Press Ctrl-C where no namespace was made");
  auto plain = SleepOnTerminal(trial, "plain", {"--fork"});
  plain.program.Write("\x03");
  trial.Expect(host.Reap(plain.unshare), Eq(KilledBy(SIGINT)));

  trial.Step("Run sleep as PID 1 on a terminal, and press Ctrl-C");
  auto pair = SleepOnTerminal(trial, "unshare", {"--pid", "--fork"});
  const pid_t unshare = pair.unshare_pid;
  const pid_t child = pair.child;
  const bool blocks_int = trial.Must(ON(host, SigBlkOf(unshare))).Has(SIGINT);
  trial.Expect(ON(host, NSpidOf(child)), Eq(PidChain{6, 1}));
  // ^C is shown after the signal was sent: n_tty_receive_signal_char().
  pair.program.Write("\x03");
  pair.program.Await("^C");
  ExpectKeptOrFatal(trial, pair, SIGINT, blocks_int);
  trial.Expect(ON(host, ShdPndOf(child)), Eq(SignalSet{}));

  trial.Step("Press Ctrl-\\, too");
  if (blocks_int) {
    pair.program.Write("\x1c");
    trial.Expect(host.Reap(pair.unshare), Eq(KilledBy(SIGQUIT)));
  }
  trial.Expect(ON(host, PPidOf(child)), Eq(2));

  trial.Step("Kill what is left");
  trial.Expect(ON(host, kill(child, SIGKILL)), Eq(0));
  trial.Expect(ON(host, WaitFor(child)), Eq(KilledBy(SIGKILL)));
}

// Does what a terminal emulator does when its window is closed.
void CloseTerminal(const Pair& pair) { pair.unshare.driven().input.Close(); }

EXPERIMENT(
    AClosedTerminalLeavesPidOneBehind,
    .claim =
        "When its terminal is closed, unshare dies of HUP, and a PID 1 without "
        "a handler stays; with --kill-child it is killed.",
    .verifies = {"C-2"},
    .sources = {"setsid(2)", "drivers/tty/tty_jobctrl.c disassociate_ctty()",
                "kernel/exit.c forget_original_parent()"},
    .needs = {UtilLinux("unshare"), Tool("sh", "dash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Close a terminal on which no namespace was made");
  const auto plain = SleepOnTerminal(trial, "plain", {"--fork"});
  const pid_t plain_child = plain.child;
  CloseTerminal(plain);
  trial.Expect(host.Reap(plain.unshare), Eq(KilledBy(SIGHUP)));
  trial.Expect(ON(host, WaitFor(plain_child)), Eq(KilledBy(SIGHUP)));

  trial.Step("Run sleep as PID 1 on a terminal, and close that");
  const auto pair = SleepOnTerminal(trial, "unshare", {"--pid", "--fork"});
  const pid_t child = pair.child;
  trial.Expect(ON(host, NSpidOf(child)), Eq(PidChain{6, 1}));
  CloseTerminal(pair);
  trial.Expect(host.Reap(pair.unshare), Eq(KilledBy(SIGHUP)));
  trial.Expect(ON(host, PPidOf(child)), Eq(2));

  trial.Step("Kill the one that is left");
  trial.Expect(ON(host, kill(child, SIGKILL)), Eq(0));
  trial.Expect(ON(host, WaitFor(child)), Eq(KilledBy(SIGKILL)));

  trial.Step("Close a terminal with --kill-child");
  const auto tied = SleepOnTerminal(trial, "tied", {"--pid", "--kill-child"});
  const pid_t tied_child = tied.child;
  CloseTerminal(tied);
  trial.Expect(host.Reap(tied.unshare), Eq(KilledBy(SIGHUP)));
  trial.Expect(ON(host, WaitFor(tied_child)), Eq(KilledBy(SIGKILL)));
}

// prctl(2): from now on the caller gets this signal when its parent ends.
int DieWithParent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

Sys<Signal> DeathSignal() {
  Signal signal;
  const int result = prctl(PR_GET_PDEATHSIG, &signal.number);
  return {signal, result == 0 ? 0 : errno};
}

EXPERIMENT(TheDeathSignalIsASignalLikeAnother,
           .claim =
               "Of the parent-death signals, only KILL, STOP and one that it "
               "handles have an effect on PID 1.",
           .verifies = {"D-42"},
           .sources = {"prctl(2), PR_SET_PDEATHSIG",
                       "kernel/exit.c forget_original_parent()",
                       "kernel/signal.c sig_task_ignored()"}) {
  const Process host = trial.Host();
  trial.Must(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 1)));

  trial.Step("Let five children of a launcher choose what its end sends them");
  const Process launcher = host.Clone("launcher");
  const Process kill_init = launcher.Clone("kill-init", CLONE_NEWPID);
  const Process stop_init = launcher.Clone("stop-init", CLONE_NEWPID);
  const Process term_init = launcher.Clone("term-init", CLONE_NEWPID);
  const Process trap_init = launcher.Clone("trap-init", CLONE_NEWPID);
  const Process ordinary = launcher.Clone("ordinary");
  trial.Must(ON(trap_init, Handle(SIGTERM)));
  trial.Expect(ON(kill_init, DieWithParent(SIGKILL)), Eq(0));
  trial.Expect(ON(stop_init, DieWithParent(SIGSTOP)), Eq(0));
  trial.Expect(ON(term_init, DieWithParent(SIGTERM)), Eq(0));
  trial.Expect(ON(trap_init, DieWithParent(SIGTERM)), Eq(0));
  trial.Expect(ON(ordinary, DieWithParent(SIGTERM)), Eq(0));

  trial.Step("Let the launcher end, and see what KILL and STOP do");
  launcher.Exit(0);
  trial.Must(host.Reap(launcher));
  ordinary.AwaitDeath();  // TERM kills it: see below
  const pid_t stop_pid = stop_init.PidIn(host);
  trial.Expect(host.Reap(kill_init), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, WaitForStop(stop_pid)), Eq(Signal{SIGSTOP}));

  trial.Step("See what TERM does");
  trial.Expect(ON(term_init, getpid()), Eq(1));
  trial.Expect(ON(trap_init, TimesHandled()), Eq(1));
  trial.Expect(ON(trap_init, LastHandled()), Eq(Delivery{SIGTERM, SI_USER}));
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGTERM)));
}

struct NewInit {
  pid_t pid = 0;      // for its parent
  pid_t own_pid = 0;  // as it sees itself
};

// Creates a child of the calling thread, in a new PID namespace, that is killed
// when its parent ends.
Sys<NewInit> CreateInit() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Sys<NewInit>::Failed(errno);
  const Fd from(ends[0]);
  const Fd to(ends[1]);
  const Sys<pid_t> child = Clone3(CLONE_NEWPID);
  if (!child.ok()) return Sys<NewInit>::Failed(child.err);
  if (child.value == 0) {
    const pid_t own_pid = DieWithParent(SIGKILL) == 0 ? getpid() : -1;
    if (write(to.get(), &own_pid, sizeof(own_pid)) < 0) _exit(1);
    for (;;) pause();
  }
  NewInit init{child.value};
  if (read(from.get(), &init.own_pid, sizeof(pid_t)) != sizeof(pid_t)) {
    return Sys<NewInit>::Failed(errno);
  }
  return {init};
}

Sys<NewInit> CreateInitInSecondThread() {
  return InSecondThread([] { return CreateInit(); });
}

EXPERIMENT(TheParentIsAThread,
           .claim =
               "PR_SET_PDEATHSIG fires when the thread ends that has created "
               "the child, though its process goes on.",
           .verifies = {"D-42b"},
           .sources = {"prctl(2), PR_SET_PDEATHSIG",
                       "kernel/exit.c forget_original_parent()"}) {
  const Process host = trial.Host();
  trial.Must(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 1)));

  trial.Step("Let a process have a child that dies with its parent");
  const Process parent = host.Clone("parent");
  const Process init = parent.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(init, DieWithParent(SIGKILL)), Eq(0));

  trial.Step("Let a second thread of it have such a child, and end");
  const NewInit other = trial.Must(ON(parent, CreateInitInSecondThread()));
  const pid_t other_pid = other.pid;
  trial.Expect(ON(parent, other.own_pid), Eq(1));
  trial.Expect(ON(parent, WaitFor(other_pid)), Eq(KilledBy(SIGKILL)));

  trial.Step("See that the process and its first child are there");
  trial.Expect(ON(parent, getppid()), Eq(2));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let the process end");
  parent.Exit(0);
  trial.Expect(host.Reap(parent), Eq(Exited(0)));
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

// poll(2) of a pidfd: whether that process has ended.
Sys<bool> HasEnded(int pidfd) {
  pollfd fd = {.fd = pidfd, .events = POLLIN, .revents = 0};
  const int ready = poll(&fd, 1, 0);
  return {ready == 1, ready < 0 ? errno : 0};
}

EXPERIMENT(
    GetppidDoesNotNoticeTheDeadParent,
    .claim =
        "In a new PID namespace, getppid() is 0 whether the parent lives "
        "or not; a pidfd of the parent tells.",
    .verifies = {"D-42c"},
    .sources = {"prctl(2), PR_SET_PDEATHSIG", "pidfd_open(2)",
                "util-linux 2.39, sys-utils/unshare.c main()"}) {
  const Process host = trial.Host();
  trial.Must(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 1)));

  trial.Step("Let a launcher open a pidfd of itself, and have two children");
  const Process launcher = host.Clone("launcher");
  const int pidfd = trial.Must(ON(launcher, PidfdOpen(getpid())));
  const Process init = launcher.Clone("init", CLONE_NEWPID);
  const Process ordinary = launcher.Clone("ordinary");
  trial.Expect(ON(ordinary, getppid()), Eq(3));
  trial.Expect(ON(init, getppid()), Eq(0));
  trial.Expect(ON(init, HasEnded(pidfd)), Eq(false));

  trial.Step("Let the launcher end before they set their death signal");
  launcher.Exit(0);
  trial.Expect(host.Reap(launcher), Eq(Exited(0)));
  trial.Expect(ON(ordinary, DieWithParent(SIGKILL)), Eq(0));
  trial.Expect(ON(init, DieWithParent(SIGKILL)), Eq(0));
  trial.Expect(ON(init, DeathSignal()), Eq(Signal{SIGKILL}));

  trial.Step("Let them ask whether they were too late");
  trial.Expect(ON(ordinary, getppid()), Eq(2));
  trial.Expect(ON(init, getppid()), Eq(0));
  trial.Expect(ON(init, HasEnded(pidfd)), Eq(true));
}

}  // namespace
}  // namespace pidlab
