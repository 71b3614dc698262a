// The steps of tutorial 1's program, line by line, and the three lines that it
// lacks.
//
// `program` stands for its parent, `shell` for its child.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;

// Mounts proc over /proc as the program does, if the caller is PID 1 of another
// mount namespace than `outside`.
Sys<int> MountOverProc(NamespaceId outside) {
  if (!HasOtherMountsThan(outside) || getpid() != 1) {
    return Sys<int>::Failed(EPERM);
  }
  return FromErrno(mount("proc", "/proc", "proc", 0, nullptr));
}

EXPERIMENT(TheProgramMakesAContainerShell,
           .claim =
               "Tutorial 1's program gives a shell that is PID 1 under a /proc "
               "of its own, and its wait() returns when that shell exits.",
           .verifies = {"S1-15", "S1-17"},
           .sources = {"tutorial 1, 2. 代码实现", "wait(2)",
                       "kernel/pid_namespace.c zap_pid_ns_processes()"},
           .needs = {Tool("bash", "bash"), Tool("ps", "procps"), FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId outside = trial.Must(ON(host, OwnMounts()));

  trial.Step("Unshare, as the program's first lines do");
  const Process program = host.Clone("program");
  trial.Must(ON(program, unshare(CLONE_NEWNS | CLONE_NEWPID)));
  trial.Expect(ON(program, HasOtherMountsThan(outside)), Eq(true));
  trial.Expect(ON(program, getpid()), Eq(program.PidIn(host)));

  trial.Step("Fork, and mount proc in the child");
  const Process shell = program.Clone("shell");
  trial.Must(ON(shell, MountOverProc(outside)));
  trial.Expect(ON(shell, getpid()), Eq(1));
  trial.Expect(ON(shell, NameOf(1)), Eq(ProcessName("shell")));

  trial.Step("Let the child become bash");
  Program bash = shell.Exec({"bash"});
  trial.Expect(bash.Type("echo $$"), StrEq("1"));
  trial.Expect(bash.Type("ps -p 1 -o pid=,ppid=,comm= | tr -s ' '"),
               StrEq(" 1 0 bash"));

  trial.Step("Leave bash while a job still runs");
  bash.Write("sleep 1000 & exit 3\n");
  trial.Expect(program.Reap(shell), Eq(Exited(3)));
}

EXPERIMENT(TheProgramLosesWhatGoesWrong,
           .claim =
               "If its exec fails, the child of tutorial 1's program goes on "
               "as a second parent, and ends as if all were well.",
           .verifies = {"S1-15"},
           .sources = {"tutorial 1, 2. 代码实现", "execve(2), RETURN VALUE",
                       "exit(3)"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process program = host.Clone("program");
  trial.Must(ON(program, unshare(CLONE_NEWNS | CLONE_NEWPID)));
  const Process shell = program.Clone("shell");

  trial.Step("Let exec fail");
  trial.Expect(ON(shell, execl("/no/such/shell", "bash", nullptr)),
               Fails{ENOENT});

  trial.Step("Let the child run the rest of main()");
  trial.Expect(ON(shell, getpid()), Eq(1));
  trial.Expect(ON(shell, wait(nullptr)), Fails{ECHILD});
  shell.Exit(0);
  trial.Expect(program.Reap(shell), Eq(Exited(0)));
}

EXPERIMENT(
    TheProgramMountsForItsCallerToo,
    .claim =
        "On a shared tree the caller of tutorial 1's program loses its /proc; "
        "mounts that are made private first stay inside.",
    .verifies = {"S1-15", "S1-18"},
    .sources = {"mount_namespaces(7), SHARED SUBTREES",
                "fs/namespace.c copy_mnt_ns()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId outside = trial.Must(ON(host, OwnMounts()));

  trial.Step("Call a program that makes its mounts private");
  const Process caller = host.Clone("caller", CLONE_NEWNS);
  trial.Must(ON(caller, MakeMountsShared(outside)));
  const Process careful = caller.Clone("careful");
  trial.Must(ON(careful, unshare(CLONE_NEWNS | CLONE_NEWPID)));
  trial.Must(ON(careful, MakeMountsPrivate(outside)));
  const Process careful_shell = careful.Clone("careful-shell");
  trial.Must(ON(careful_shell, MountOverProc(outside)));
  trial.Expect(ON(caller, ReadLink("/proc/self")), Succeeds{});

  trial.Step("Call one that does not");
  const Process program = caller.Clone("program");
  trial.Must(ON(program, unshare(CLONE_NEWNS | CLONE_NEWPID)));
  const Process shell = program.Clone("shell");
  trial.Must(ON(shell, MountOverProc(outside)));
  trial.Expect(ON(caller, ReadLink("/proc/self")), Fails{ENOENT});
}

// Waits until the process of `pidfd` has ended. It must have been killed
// before, so that there is an end to wait for.
Sys<int> AwaitEnd(int pidfd) {
  const Fd owned(pidfd);
  const Deadline deadline = Deadline::In(std::chrono::seconds(10));
  return {0, WaitReadable(owned.get(), deadline) ? 0 : ETIMEDOUT};
}

EXPERIMENT(
    TheProgramLeavesItsNamespaceBehind,
    .claim =
        "When tutorial 1's program is killed its shell lives on; "
        "PR_SET_PDEATHSIG in the child ends it with its parent.",
    .verifies = {"S1-15"},
    .sources = {"prctl(2), PR_SET_PDEATHSIG",
                "kernel/exit.c reparent_leader(), forget_original_parent()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Kill the program");
  const Process program = host.Clone("program");
  const Process shell = program.Clone("shell", CLONE_NEWPID);
  trial.Must(host.Kill(program, SIGKILL));
  trial.Expect(host.Reap(program), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(shell, getpid()), Eq(1));

  trial.Step("Kill one whose child has asked for a signal");
  const Process careful = host.Clone("careful");
  const Process careful_shell = careful.Clone("careful-shell", CLONE_NEWPID);
  trial.Must(ON(careful_shell, prctl(PR_SET_PDEATHSIG, SIGKILL)));
  const pid_t shell_pid = careful_shell.PidIn(host);
  const int shell_pidfd = trial.Must(ON(host, PidfdOpen(shell_pid)));
  trial.Must(host.Kill(careful, SIGKILL));
  trial.Expect(host.Reap(careful), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, AwaitEnd(shell_pidfd)), Succeeds{});
}

}  // namespace
}  // namespace pidlab
