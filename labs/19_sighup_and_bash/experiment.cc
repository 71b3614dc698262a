// Why SIGHUP "always works" on a bash that is PID 1: bash itself has installed
// a handler. SigCgt in /proc shows it before any signal is sent.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "lib/host/names.h"
#include "lib/linux/deadline.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using Stdio = Process::Stdio;

constexpr bool kCaught = true;
constexpr bool kNotCaught = false;

// The exit status of a shell that is still there: see TypeKill().
constexpr Ending kLives = Exited(42);

// Returns when the shell is ready for a line. It keeps no history: that would
// be a file in the root directory. (mksh wants a # in the prompt of root.)
Program Start(const Process& process, const std::vector<std::string>& shell,
              Stdio stdio) {
  std::vector<std::string> command = {"env", "HISTFILE=", "PS1=ready# "};
  command.insert(command.end(), shell.begin(), shell.end());
  // In its own session it cannot signal the process group of others when it
  // ends.
  (void)ON(process, setsid()).Run();
  Program program = process.Exec(command, stdio);
  // Only an interactive shell has a prompt.
  if (stdio == Stdio::kPipe) program.Write("echo 'ready# '\n");
  program.Await("ready# ");
  return program;
}

// Does what tutorial 2 did: a child of the shell, which is a member of its
// namespace, sends the signal. (It is in the background, since mksh would give
// a command in the foreground a second to end.) Only a shell that is still
// there reads the second line.
void TypeKill(Program& program, int signal) {
  const Process& shell = program.process();
  program.Write("sh -c 'kill -" + SignalName(signal).substr(3) + " " +
                std::to_string(shell.PidIn(shell)) + "' & wait\nexit 42\n");
}

// Whether there is a handler: SigCgt in /proc/PID/status.
Observation<bool> Catches(const Process& observer, const Process& shell,
                          int signal) {
  const pid_t pid = shell.PidIn(observer);
  const Observation<SignalSet> seen =
      ON(observer, StatusOf(pid).Get(&ProcessStatus::caught)).Run();
  return {seen.process, shell.name() + " catches " + SignalName(signal),
          seen.value.Has(signal), seen.err};
}

EXPERIMENT(AnInteractiveBashCatchesSighup,
           .claim =
               "An interactive bash installs a handler for SIGHUP. That is why "
               "SIGHUP ends it though it is PID 1, and why it exits with 129.",
           .verifies = {"S2-36", "S2-40"},
           .sources = {"pid_namespaces(7), The namespace init process",
                       "bash 5.2, sig.c initialize_terminating_signals(), "
                       "termsig_handler()"},
           .needs = {Tool("bash", "bash"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Make an interactive bash PID 1, with a trap on INT alone");
  const Process shell = host.Clone("shell", CLONE_NEWPID);
  Program bash = Start(shell, {"bash", "--norc"}, Stdio::kTerminal);
  bash.Write("trap 'echo int' INT\n");
  bash.Await("ready# ");
  const pid_t pid = shell.PidIn(host);
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::name)),
               Eq(Text<64>("bash")));

  trial.Step("Read from SigCgt what it catches");
  trial.Expect(Catches(host, shell, SIGINT), Eq(kCaught));
  trial.Expect(Catches(host, shell, SIGHUP), Eq(kCaught));
  trial.Expect(Catches(host, shell, SIGQUIT), Eq(kNotCaught));

  trial.Step("Let a member send it HUP");
  TypeKill(bash, SIGHUP);
  trial.Expect(host.Reap(shell), Eq(Exited(129)));

  trial.Step("Do the same to a bash that is not PID 1");
  const Process ordinary = host.Clone("ordinary");
  Program ordinary_bash = Start(ordinary, {"bash", "--norc"}, Stdio::kTerminal);
  trial.Expect(Catches(host, ordinary, SIGHUP), Eq(kCaught));
  TypeKill(ordinary_bash, SIGHUP);
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGHUP)));
}

struct Shell {
  std::string name;
  std::vector<std::string> command;
  Stdio stdio;
};

Shell OnTerminal(const std::string& name, std::vector<std::string> command) {
  return {name, std::move(command), Stdio::kTerminal};
}

// `command -c '...'`, which runs `commands` and then every line that it reads,
// so that the experiment can give it further commands.
Shell WithCommands(const std::string& name, std::vector<std::string> command,
                   const std::string& commands = ":") {
  command.push_back("-c");
  command.push_back(commands + "; while read -r line; do eval \"$line\"; done");
  return {name, std::move(command), Stdio::kPipe};
}

// First reads whether the shell has a handler, then sends it the signal.
void Send(Trial& trial, const Shell& shell, uint64_t flags, int signal,
          bool caught, const Ending& ending, Where where) {
  const Process host = trial.Host();
  const Process process = host.Clone(shell.name, flags);
  Program program = Start(process, shell.command, shell.stdio);
  trial.Expect(Catches(host, process, signal), Eq(caught), where);
  TypeKill(program, signal);
  trial.Expect(host.Reap(process), Eq(ending), where);
}

// Tries a shell that catches the signal, as PID 1: its ending depends on its
// handler.
void ExpectCaught(Trial& trial, const Shell& shell, int signal,
                  const Ending& ending, Where where = Where::Here()) {
  Send(trial, shell, CLONE_NEWPID, signal, kCaught, ending, where);
}

// Tries a shell that does not catch it: as PID 1 it lives; as an ordinary
// process, which is the control, it is killed.
void ExpectNotCaught(Trial& trial, Shell shell, int signal,
                     Where where = Where::Here()) {
  Send(trial, shell, CLONE_NEWPID, signal, kNotCaught, kLives, where);
  shell.name = "ordinary";
  Send(trial, shell, 0, signal, kNotCaught, KilledBy(signal), where);
}

EXPERIMENT(
    NoTrapIsNeeded,
    .claim =
        "An interactive bash that is PID 1 ends at signals for which "
        "nobody has set a trap; those that it does not catch are "
        "discarded.",
    .verifies = {"S2-36"},
    .sources = {"bash 5.2, sig.c terminating_signals[], termsig_handler()",
                "kernel/signal.c sig_task_ignored()"},
    .needs = {Tool("bash", "bash"), FreshProc()}) {
  const Shell bash = OnTerminal("bash-i", {"bash", "--norc"});

  trial.Step("Send USR1 and ABRT, which such a bash catches");
  ExpectCaught(trial, bash, SIGUSR1, Exited(138));
  ExpectCaught(trial, bash, SIGABRT, KilledBy(SIGSEGV));

  trial.Step("Send PROF, which it does not catch");
  ExpectNotCaught(trial, bash, SIGPROF);
}

EXPERIMENT(BashWithCommandsCatchesNothingUnlessTrapped,
           .claim =
               "A bash that runs commands (-c) has no handler for SIGHUP, and "
               "lives. A trap, even one on EXIT alone, makes it install one.",
           .verifies = {"S2-40", "S2-40m"},
           .sources = {"bash 5.2, sig.c initialize_shell_signals()",
                       "kernel/signal.c sig_task_ignored()"},
           .needs = {Tool("bash", "bash"), FreshProc()}) {
  trial.Step("Send HUP to bash -c");
  ExpectNotCaught(trial, WithCommands("bash-c", {"bash"}), SIGHUP);

  trial.Step("Give it a trap on EXIT");
  ExpectCaught(trial, WithCommands("bash-c", {"bash"}, "trap : EXIT"), SIGHUP,
               Exited(129));

  trial.Step("Give it a trap on HUP, and take one away again");
  ExpectCaught(trial, WithCommands("bash-c", {"bash"}, "trap : HUP"), SIGHUP,
               kLives);
  ExpectNotCaught(trial,
                  WithCommands("bash-c", {"bash"}, "trap : HUP; trap - HUP"),
                  SIGHUP);
}

EXPERIMENT(TheTerminalDoesNotDecide,
           .claim =
               "Whether bash has a handler for SIGHUP depends on its being "
               "interactive, not on a terminal.",
           .verifies = {"S2-40m"},
           .sources = {"bash(1), INVOCATION",
                       "bash 5.2, sig.c initialize_shell_signals()"},
           .needs = {Tool("bash", "bash"), FreshProc()}) {
  trial.Step("Try bash -i without a terminal");
  ExpectCaught(trial, {"bash-i", {"bash", "--norc", "-i"}, Stdio::kPipe},
               SIGHUP, Exited(129));

  trial.Step("Try bash -c on a terminal, and a bash that reads a pipe");
  Shell bash = WithCommands("bash-c", {"bash"}, "echo 'ready# '");
  bash.stdio = Stdio::kTerminal;
  ExpectNotCaught(trial, bash, SIGHUP);
  ExpectNotCaught(trial, {"bash-on-pipe", {"bash"}, Stdio::kPipe}, SIGHUP);
}

// Lets `bash -c COMMANDS` be PID 1 and wait in a cat, and expects that PID 1
// then has this name.
void ExpectPidOneIs(Trial& trial, const std::string& commands, const char* name,
                    Where where = Where::Here()) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  Program program = init.Exec({"bash", "-c", commands});
  program.Write("ready\n");
  program.Await("ready");
  const pid_t pid = init.PidIn(host);
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::name)),
               Eq(Text<64>(name)), where);
  program.CloseInput();
  trial.Expect(host.Reap(init), Eq(Exited(0)), where);
}

EXPERIMENT(
    ASingleCommandTakesTheShellsPlace,
    .claim =
        "bash -c with a single command becomes that command: PID 1 is "
        "not bash then.",
    .verifies = {"C-3"},
    .sources = {"bash 5.2, builtins/evalstring.c should_suppress_fork()"},
    .needs = {Tool("bash", "bash"), FreshProc()}) {
  trial.Step("Let bash -c run a single command");
  ExpectPidOneIs(trial, "cat", "cat");

  trial.Step("Leave it something to do afterwards");
  ExpectPidOneIs(trial, "cat; :", "bash");
}

EXPERIMENT(
    DashNeverCatchesSighup,
    .claim =
        "dash has no handler for SIGHUP, interactive or not: as PID 1 it "
        "lives.",
    .verifies = {"S2-40m"}, .sources = {"dash 0.5.12, trap.c setsignal()"},
    .needs = {Tool("dash", "dash"), FreshProc()}) {
  trial.Step("Try dash, interactive and with -c");
  ExpectNotCaught(trial, OnTerminal("dash-i", {"dash", "-i"}), SIGHUP);
  ExpectNotCaught(trial, WithCommands("dash-c", {"dash"}), SIGHUP);
}

EXPERIMENT(BusyboxNeverCatchesSighup,
           .claim =
               "The ash of busybox has no handler for SIGHUP, interactive or "
               "not: as PID 1 it lives.",
           .verifies = {"S2-40m"},
           .sources = {"busybox 1.35, shell/ash.c setsignal()"},
           .needs = {Tool("busybox", "busybox"), FreshProc()}) {
  trial.Step("Try busybox ash, interactive and with -c");
  ExpectNotCaught(trial, OnTerminal("ash-i", {"busybox", "ash", "-i"}), SIGHUP);
  ExpectNotCaught(trial, WithCommands("ash-c", {"busybox", "ash"}), SIGHUP);
}

EXPERIMENT(ZshAlwaysCatchesSighup,
           .claim =
               "zsh has a handler for SIGHUP, interactive or not, which exits "
               "with 1.",
           .verifies = {"S2-40m"},
           .sources = {"zsh 5.9, Src/signals.c zhandler()"},
           .needs = {Tool("zsh", "zsh"), FreshProc()}) {
  trial.Step("Try zsh, interactive and with -c");
  ExpectCaught(trial, OnTerminal("zsh-i", {"zsh", "-f", "-i"}), SIGHUP,
               Exited(1));
  ExpectCaught(trial, WithCommands("zsh-c", {"zsh", "-f"}), SIGHUP, Exited(1));
}

EXPERIMENT(MkshAlwaysCatchesSighup,
           .claim =
               "mksh has a handler for SIGHUP, interactive or not, which exits "
               "with 129.",
           .verifies = {"S2-40m"},
           .sources = {"mksh R59, histrap.c inittraps(), runtrap()"},
           .needs = {Tool("mksh", "mksh"), FreshProc()}) {
  trial.Step("Try mksh, interactive and with -c");
  ExpectCaught(trial, OnTerminal("mksh-i", {"mksh", "-i"}), SIGHUP,
               Exited(129));
  ExpectCaught(trial, WithCommands("mksh-c", {"mksh"}), SIGHUP, Exited(129));
}

// An interactive ksh93. It shows its first prompt before it waits there, since
// it runs tput(1) first.
Program StartKsh(const Process& process) {
  Program ksh = Start(process, {"ksh93", "-i"}, Stdio::kTerminal);
  ksh.Write(":\n");
  ksh.Await("ready# ");
  return ksh;
}

// Whether the process falls asleep, with or without a handler for SIGHUP. There
// is no event for either, so this looks again and again.
bool FallsAsleep(pid_t pid, bool catching) {
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  while (!deadline.Passed()) {
    const Sys<ProcessStatus> status = StatusOf(pid);
    if (status.ok() && status.value.state == kSleeping &&
        status.value.caught.Has(SIGHUP) == catching) {
      return true;
    }
    sched_yield();
  }
  return false;
}

EXPERIMENT(
    KshCatchesSighupAndThenHangs,
    .claim =
        "An interactive ksh93 catches SIGHUP, and wants to die of it: as "
        "PID 1 it freezes instead. With -c it has no handler, and lives.",
    .verifies = {"S2-40m"},
    .sources = {"ksh93u+m 1.0.4, sh/fault.c sh_done()",
                "kernel/signal.c sig_task_ignored()"},
    .needs = {Tool("ksh93", "ksh93u+m"), FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Try ksh93 with -c");
  ExpectNotCaught(trial, WithCommands("ksh93-c", {"ksh93"}), SIGHUP);

  trial.Step("Send HUP to an interactive ksh93 at its prompt");
  const Process shell = host.Clone("shell", CLONE_NEWPID);
  const Process member = shell.Clone("member");
  const Program ksh = StartKsh(shell);
  const pid_t pid = shell.PidIn(host);
  trial.Expect(ON(host, FallsAsleep(pid, kCaught)), Eq(true));
  // No answer is awaited: if the shell had ended, the member would be gone,
  // too.
  ON(member, kill(1, SIGHUP)).Start();
  trial.Expect(ON(host, FallsAsleep(pid, kNotCaught)), Eq(true));

  trial.Step("Kill it from outside");
  trial.Expect(ON(host, kill(pid, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(shell), Eq(KilledBy(SIGKILL)));

  trial.Step("Send HUP to a ksh93 that is not PID 1");
  const Process ordinary = host.Clone("ordinary");
  const Program ordinary_ksh = StartKsh(ordinary);
  const pid_t ordinary_pid = ordinary.PidIn(host);
  trial.Expect(ON(host, FallsAsleep(ordinary_pid, kCaught)), Eq(true));
  trial.Expect(ON(host, kill(ordinary_pid, SIGHUP)), Eq(0));
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGHUP)));
}

}  // namespace
}  // namespace pidlab
