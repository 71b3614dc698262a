#include "tool/grade/grade.h"

#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string_view>

#include "lib/host/error.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::StrEq;

using Arguments = std::vector<std::string>;

Arguments operator+(Arguments program, const Arguments& command) {
  program.insert(program.end(), command.begin(), command.end());
  return program;
}

// The command that the program runs while it is examined.
constexpr char kScript[] = "echo ready $$ $PPID; read line";
constexpr char kCommandLine[] = "sh\0-c\0echo ready $$ $PPID; read line";

// The process of the command that the program runs, as the caller's /proc shows
// it.
struct Found {
  pid_t pid = 0;  // in the namespace of that /proc
  pid_t own_pid = 0;
  size_t levels = 0;  // in how many namespaces it has a PID, from there inwards
};

// PIDs are small in a chamber. Looking at all of them needs no allocation.
Sys<Found> FindCommand() {
  constexpr pid_t kLargest = 1000;
  for (pid_t pid = 2; pid < kLargest; ++pid) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    const Sys<FileText> line = ReadFile(path);
    const std::string_view expected(kCommandLine, sizeof(kCommandLine));
    if (!line.ok() || line.value.view() != expected) continue;
    const Sys<PidChain> pids = StatusOf(pid).Get(&ProcessStatus::ns_pid);
    if (!pids.ok()) return Sys<Found>::Failed(pids.err);
    return {{pid, pids.value.innermost(), pids.value.size()}};
  }
  return Sys<Found>::Failed(ESRCH);
}

// Returns 0 if the process ends in time, ETIMEDOUT if it does not.
Sys<int> AwaitEnd(int pidfd, int milliseconds) {
  const Fd owned(pidfd);
  const Deadline deadline =
      Deadline::In(std::chrono::milliseconds(milliseconds));
  return {0, WaitReadable(owned.get(), deadline) ? 0 : ETIMEDOUT};
}

// Whether the process `pid` sees the caller's own mount on /proc.
Sys<bool> SharesProc(pid_t pid) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/root/proc", pid);
  const Sys<NamespaceId> own = ReadNamespace("/proc");
  const Sys<NamespaceId> other = ReadNamespace(path);
  return {own.value == other.value, own.ok() ? other.err : own.err};
}

// How many PIDs the process has in the proc that it sees on /proc: one, if that
// shows its own namespace. The process is looked up by the number that it has
// in its own namespace, so another process may be found; then the error is
// ESRCH.
Sys<size_t> LevelsInOwnProc(Found command) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/root/proc/%d/status", command.pid,
           command.own_pid);
  const Sys<ProcessStatus> status = ReadStatus(path);
  if (!status.ok()) return Sys<size_t>::Failed(status.err);
  if (!(status.value.name == "sh")) return Sys<size_t>::Failed(ESRCH);
  return {status.value.ns_pid.size()};
}

// Kills all processes that a faulty program has left behind, so that a process
// that is left at the end can only be the harness's. As a guard, the caller
// must be a host: PID 2, in a namespace that is not the runner's.
Sys<int> KillAllOthers(NamespaceId runners) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/pid");
  if (!own.ok() || own.value == runners || getpid() != 2) {
    return Sys<int>::Failed(EPERM);
  }
  // This reaches all processes but the host, and the warden, which is PID 1.
  if (kill(-1, SIGKILL) != 0 && errno != ESRCH) {
    return Sys<int>::Failed(errno);
  }
  return {0};
}

// The setup of most points: a caller whose mounts are shared runs the program,
// and the program's command waits.
struct Setup {
  Setup(Trial& trial, const Arguments& program_line)
      : host(trial.Host()),
        caller(host.Clone("caller", CLONE_NEWNS)),
        program(caller.Clone("program")) {
    const NamespaceId outside = trial.Must(ON(host, OwnMounts()));
    trial.Must(ON(caller, MakeMountsShared(outside)));
    Program running =
        program.Exec(program_line + Arguments{"sh", "-c", kScript});
    running.Await("ready ");
    said = running.Await("\n");
    command = trial.Must(ON(host, FindCommand()));
  }

  Process host;
  Process caller;
  Process program;
  std::string said;  // by the command: its PID and its PPID
  Found command;
};

void RunsTheCommand(Trial& trial, const Arguments& program) {
  trial.Step("Let it run echo");
  trial.Expect(trial.Host().Printed(program + Arguments{"echo", "it", "runs"}),
               HasSubstr("it runs\n"));
}

void IsPidOne(Trial& trial, const Arguments& program) {
  trial.Step("Look at the command from outside");
  const Setup setup(trial, program);
  const std::string who = setup.program.name();
  trial.Expect(Observation<pid_t>{who, "its PID in its own namespace",
                                  setup.command.own_pid},
               Eq(1));
  trial.Expect(Observation<size_t>{who, "in how many namespaces it has a PID",
                                   setup.command.levels},
               Eq(size_t{2}));
}

void HasNoParent(Trial& trial, const Arguments& program) {
  trial.Step("Let the command tell its PPID");
  const Setup setup(trial, program);
  std::string ppid = setup.said.substr(setup.said.find(' ') + 1);
  ppid.pop_back();  // the end of the line
  trial.Expect(
      Observation<std::string>{setup.program.name(), "echo $PPID", ppid},
      StrEq("0"));
}

void HasItsOwnProc(Trial& trial, const Arguments& program) {
  trial.Step("Look at the command's /proc");
  const Setup setup(trial, program);
  const Found command = setup.command;
  const pid_t pid = command.pid;
  trial.Expect(ON(setup.host, SharesProc(pid)), Eq(false));
  trial.Expect(ON(setup.host, LevelsInOwnProc(command)), Eq(size_t{1}));
}

void LeavesTheCallersProcAlone(Trial& trial, const Arguments& program) {
  trial.Step("Look at the caller's /proc while the command runs");
  const Setup setup(trial, program);
  const pid_t caller_pid = setup.caller.PidIn(setup.host);
  const Text<256> self(std::to_string(caller_pid));
  trial.Expect(ON(setup.caller, ReadLink("/proc/self")), Eq(self));
}

void PassesTheStatusOn(Trial& trial, const Arguments& program) {
  const auto ending_of = [&](const char* script) {
    const auto ran =
        trial.Host().Command(program + Arguments{"sh", "-c", script});
    return Observation<Ending>{ran.process, ran.text, ran.value.ending,
                               ran.err};
  };
  trial.Step("Let the command exit with 0, and with 37");
  trial.Expect(ending_of("exit 0"), Eq(Exited(0)));
  trial.Expect(ending_of("exit 37"), Eq(Exited(37)));
}

void SaysThatThereIsNoCommand(Trial& trial, const Arguments& program) {
  trial.Step("Let it run what does not exist");
  const auto ran =
      trial.Host().Command(program + Arguments{"/no/such/command"});
  trial.Expect(
      Observation<Ending>{ran.process, ran.text, ran.value.ending, ran.err},
      Ne(Exited(0)));
}

void LeavesNothingBehind(Trial& trial, const Arguments& program) {
  trial.Step("Kill the program, and wait for the end of the command");
  const Setup setup(trial, program);
  const pid_t command = setup.command.pid;
  const int pidfd = trial.Must(ON(setup.host, PidfdOpen(command)));
  const pid_t program_pid = setup.program.PidIn(setup.host);
  trial.Must(ON(setup.host, kill(program_pid, SIGKILL)));
  trial.Must(setup.caller.Reap(setup.program));
  // This is a fifth of the time after which something counts as a hang.
  const int time = setup.host.chamber().NewDeadline().RemainingMs() / 5;
  trial.Expect(ON(setup.host, AwaitEnd(pidfd, time)), Succeeds{});
}

}  // namespace

std::vector<Point> PointsFor(const std::vector<std::string>& program) {
  std::vector<Point> points;
  const auto add = [&](const char* name,
                       void (*story)(Trial&, const Arguments&),
                       const char* promise, const char* promise_chinese,
                       const char* hint, const char* hint_chinese) {
    Experiment experiment{name, __FILE__, __LINE__, {}, {}};
    experiment.info.claim = promise;
    experiment.info.needs = {FreshProc()};
    experiment.run = [=](Trial& trial) {
      story(trial, program);
      const Sys<NamespaceId> seen = ReadNamespace("/proc/self/ns/pid");
      if (!seen.ok()) FailAsHarness("the runner does not see itself");
      const NamespaceId runners = seen.value;
      trial.Must(ON(trial.Host(), KillAllOthers(runners)));
    };
    points.push_back(
        {std::move(experiment), promise_chinese, hint, hint_chinese});
  };
  add("runs_the_command", RunsTheCommand,
      "It runs the command that it is given.", "它运行交给它的命令。",
      "Is it called as PROGRAM ARGUMENT.. COMMAND..? Try it with echo.",
      "它的调用方式是 PROGRAM ARGUMENT.. COMMAND.. 吗？先用 echo 试一试。");
  add("is_pid_one", IsPidOne, "The command is PID 1 of a new PID namespace.",
      "该命令是新 PID 命名空间的 PID 1。",
      "unshare(CLONE_NEWPID) does not move the caller: fork afterwards, and "
      "let the first child become the command, with no init in between.",
      "unshare(CLONE_NEWPID) 不会移动调用者：之后要 "
      "fork，并让第一个子进程直接变成"
      "该命令，中间不能再隔一个 init。");
  add("has_no_parent", HasNoParent,
      "The command has no parent that it sees: its PPID is 0.",
      "该命令看不到自己的父进程：它的 PPID 是 0。",
      "The parent of PID 1 is outside. Who sees a PPID other than 0 is not the "
      "first process of the namespace.",
      "PID 1 的父进程在外面。看到的 PPID 不是 "
      "0，就说明它不是这个命名空间的第一个进程。");
  add("has_its_own_proc", HasItsOwnProc,
      "The command's /proc shows its own namespace.",
      "该命令的 /proc 显示的是它自己的命名空间。",
      "Mount proc in the child, after the fork: a proc mount shows the "
      "namespace of who has mounted it.",
      "在子进程里、fork 之后再挂载 proc：proc "
      "挂载显示的是挂载者所在的命名空间。");
  add("leaves_the_callers_proc_alone", LeavesTheCallersProcAlone,
      "The caller's /proc stays as it is, on shared mounts, too.",
      "即使挂载是共享的，调用者的 /proc 也保持原样。",
      "A new mount namespace gets copies of shared mounts, which are shared: "
      "mount(MS_REC|MS_PRIVATE) on / before you mount proc.",
      "新的挂载命名空间得到的是共享挂载的副本，副本仍然是共享的：挂载 proc "
      "之前，先对 / "
      "做 mount(MS_REC|MS_PRIVATE)。");
  add("passes_the_status_on", PassesTheStatusOn,
      "It exits with the status of the command.", "它以该命令的退出状态退出。",
      "waitpid(2) has the status: exit with WEXITSTATUS of it.",
      "waitpid(2) 给出了状态：用它的 WEXITSTATUS 退出。");
  add("says_that_there_is_no_command", SaysThatThereIsNoCommand,
      "It does not exit with 0 when the command cannot be run.",
      "命令无法运行时，它不以 0 退出。",
      "exec returns if it fails: the child must end there, with 127, or it "
      "goes on as a second parent.",
      "exec 失败时会返回：子进程必须就地以 127 "
      "结束，否则它会像第二个父进程那样继续往下走。");
  add("leaves_nothing_behind", LeavesNothingBehind,
      "When it is killed, nothing of the namespace is left.",
      "它被杀死后，命名空间里什么也不留下。",
      "Let PID 1 call prctl(PR_SET_PDEATHSIG, SIGKILL): the kernel then ends "
      "it with its parent, and everybody else with it.",
      "让 PID 1 调用 prctl(PR_SET_PDEATHSIG, "
      "SIGKILL)：父进程一死，内核就结束它，"
      "其余进程也随它而去。");
  return points;
}

}  // namespace pidlab
