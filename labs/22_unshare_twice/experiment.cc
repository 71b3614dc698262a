// Two rules that explain most EINVALs around CLONE_NEWPID: a process that makes
// a PID namespace must be one whose children are created in its own namespace,
// and so must a process that makes a thread.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/procfs.h"
#include "lib/linux/thread.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// From now on the caller's children are created in its own namespace again.
Sys<int> CreateChildrenInOwnNamespace() {
  return CreateChildrenInNamespaceOf(getpid());
}

Sys<bool> IsIn(NamespaceId id) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/pid");
  return {own.value == id, own.err};
}

EXPERIMENT(
    OnceIsNotTheLimit,
    .claim =
        "unshare(CLONE_NEWPID) is EINVAL while the caller's children are born "
        "in another namespace than its own; setns() to its own ends that.",
    .verifies = {"D-50"},
    .sources = {"pid_namespaces(7), setns(2) and unshare(2) semantics",
                "kernel/pid_namespace.c copy_pid_ns()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Call unshare(CLONE_NEWPID) twice");
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Fails{EINVAL});

  trial.Step("Have a child there, and try again");
  const Process first = caller.Clone("first");
  trial.Expect(ON(first, getpid()), Eq(1));
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Fails{EINVAL});
  trial.Expect(caller.TryClone(CLONE_NEWPID), Fails{EINVAL});
  trial.Expect(caller.TryClone(), Succeeds{});

  trial.Step("Call setns() with the caller's own namespace");
  trial.Expect(ON(caller, CreateChildrenInOwnNamespace()), Succeeds{});
  trial.Expect(caller.TryClone(CLONE_NEWPID), Succeeds{});

  trial.Step("Call unshare(CLONE_NEWPID) for the second time");
  const NamespaceId first_home =
      trial.Must(ON(first, ReadNamespace("/proc/self/ns/pid")));
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Eq(0));
  const Process second = caller.Clone("second");
  trial.Expect(ON(second, getpid()), Eq(1));
  trial.Expect(ON(second, IsIn(first_home)), Eq(false));
  trial.Expect(ON(first, getpid()), Eq(1));

  trial.Step("Let a process try that has never called unshare()");
  const Process joiner = host.Clone("joiner");
  const pid_t first_pid = first.PidIn(host);
  trial.Expect(ON(joiner, CreateChildrenInNamespaceOf(first_pid)), Succeeds{});
  trial.Expect(ON(joiner, unshare(CLONE_NEWPID)), Fails{EINVAL});
  trial.Expect(ON(joiner, CreateChildrenInOwnNamespace()), Succeeds{});
  trial.Expect(ON(joiner, unshare(CLONE_NEWPID)), Eq(0));
}

Sys<pid_t> GetPid() { return {getpid()}; }

// posix_spawn(3). The shell exits with its own PID.
Sys<Ending> SpawnShell() {
  char sh[] = "sh";
  char c[] = "-c";
  char script[] = "exit $$";
  char* const arguments[] = {sh, c, script, nullptr};
  pid_t pid;
  const int err = posix_spawnp(&pid, sh, nullptr, nullptr, arguments, nullptr);
  return err == 0 ? WaitFor(pid) : Sys<Ending>::Failed(err);
}

EXPERIMENT(
    NoThreadsWhileChildrenGoElsewhere,
    .claim =
        "A process whose children are born in another PID namespace can have "
        "no more threads (EINVAL), after unshare() as after setns().",
    .verifies = {"D-51"},
    .sources = {"clone(2), ERRORS", "kernel/fork.c copy_process()"},
    .needs = {Tool("sh", "dash")}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Let a process have a second thread for a moment");
  trial.Expect(ON(caller, InSecondThread(GetPid)), Eq(3));

  trial.Step("Call unshare(), and try to have one again");
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Eq(0));
  const Process init = caller.Clone("init");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(caller, InSecondThread(GetPid)), Fails{EINVAL});

  trial.Step("Spawn a program instead");
  trial.Expect(ON(caller, SpawnShell()), Eq(Exited(2)));

  trial.Step("Let the child have a second thread");
  trial.Expect(ON(init, InSecondThread(GetPid)), Eq(1));

  trial.Step("Try it in a process that has joined by setns()");
  const Process joiner = host.Clone("joiner");
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(joiner, CreateChildrenInNamespaceOf(init_pid)), Succeeds{});
  trial.Expect(ON(joiner, InSecondThread(GetPid)), Fails{EINVAL});

  trial.Step(
      "Let both create children in their own namespace, and try a last time");
  trial.Expect(ON(caller, CreateChildrenInOwnNamespace()), Succeeds{});
  trial.Expect(ON(caller, InSecondThread(GetPid)), Eq(3));
  trial.Expect(ON(joiner, CreateChildrenInOwnNamespace()), Succeeds{});
  trial.Expect(ON(joiner, InSecondThread(GetPid)), Succeeds{});
}

// With CLONE_VM, the parent sees this, too.
volatile pid_t own_pid;

int ExitWithOwnPid(void*) {
  own_pid = getpid();
  syscall(SYS_exit, own_pid);
  return 0;
}

// This is clone(2), since CLONE_PARENT would need another exit signal with
// clone3(2). The stack matters only with CLONE_VM.
Sys<pid_t> Clone(int flags) {
  alignas(16) static char stack[16 << 10];
  return FromErrno(
      clone(ExitWithOwnPid, stack + sizeof(stack), flags | SIGCHLD, nullptr));
}

// The child exits with the PID that it has for itself.
Sys<Ending> CloneAndWait(int flags) {
  const Sys<pid_t> child = Clone(flags);
  return child.ok() ? WaitFor(child.value) : Sys<Ending>::Failed(child.err);
}

Sys<int> UnshareThread() { return FromErrno(unshare(CLONE_THREAD)); }

Sys<Ending> UnsharePidAndClone() {
  return unshare(CLONE_NEWPID) == 0 ? CloneAndWait(0)
                                    : Sys<Ending>::Failed(errno);
}

EXPERIMENT(
    EveryThreadHasItsOwnNamespaceForChildren,
    .claim =
        "unshare(CLONE_NEWPID) works in a process with several threads, and "
        "applies to the thread that calls it.",
    .verifies = {"D-52"},
    .sources = {"unshare(2), CLONE_NEWPID and CLONE_THREAD",
                "kernel/fork.c check_unshare_flags()"}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Call unshare(CLONE_THREAD) while there is one thread");
  trial.Expect(ON(caller, UnshareThread()), Eq(0));

  trial.Step("Call it in a second thread");
  trial.Expect(ON(caller, InSecondThread(UnshareThread)), Fails{EINVAL});

  trial.Step("Call unshare(CLONE_NEWPID) there, and have a child");
  trial.Expect(ON(caller, InSecondThread(UnsharePidAndClone)), Eq(Exited(1)));

  trial.Step("Let the first thread have a child");
  const Process child = caller.Clone("child");
  trial.Expect(ON(child, getppid()), Eq(3));
}

// The same, but the child stores its PID in the memory that it shares with the
// caller; how it ended does not matter.
Sys<pid_t> CloneVmAndRead(int flags) {
  own_pid = 0;
  const Sys<pid_t> child = Clone(flags | CLONE_VM);
  if (!child.ok()) return child;
  (void)WaitFor(child.value);
  return {own_pid};
}

Sys<bool> IgnoresSigchld() {
  struct sigaction action {};
  const int result = sigaction(SIGCHLD, nullptr, &action);
  return {action.sa_handler == SIG_IGN, result == 0 ? 0 : errno};
}

constexpr int kThread = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;

EXPERIMENT(
    OnlyAThreadCannotBeginANamespace,
    .claim =
        "clone(CLONE_NEWPID) is EINVAL with CLONE_THREAD; with CLONE_VM, "
        "CLONE_SIGHAND or CLONE_PARENT the child is PID 1.",
    .verifies = {"D-53"},
    .sources = {"clone(2), ERRORS",
                "pid_namespaces(7), Compatibility of CLONE_NEWPID with other "
                "CLONE_* flags",
                "kernel/fork.c copy_process()",
                "kernel/pid_namespace.c zap_pid_ns_processes()"}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Add CLONE_THREAD to CLONE_NEWPID");
  trial.Expect(ON(caller, Clone(CLONE_NEWPID | kThread)), Fails{EINVAL});
  trial.Expect(ON(caller, InSecondThread(GetPid)), Eq(3));

  trial.Step("Add CLONE_VM");
  trial.Expect(ON(caller, CloneVmAndRead(CLONE_NEWPID)), Eq(1));

  trial.Step("Add CLONE_PARENT");
  const pid_t sibling =
      trial.Must(ON(caller, Clone(CLONE_NEWPID | CLONE_PARENT)));
  trial.Expect(ON(caller, WaitFor(sibling)), Fails{ECHILD});
  trial.Expect(ON(host, WaitFor(sibling)), Eq(Exited(1)));

  trial.Step("Add CLONE_VM and CLONE_SIGHAND, and see what that costs");
  trial.Expect(ON(caller, IgnoresSigchld()), Eq(false));
  trial.Expect(ON(caller, CloneVmAndRead(CLONE_NEWPID | CLONE_SIGHAND)), Eq(1));
  trial.Expect(ON(caller, IgnoresSigchld()), Eq(true));
  trial.Expect(ON(caller, CloneAndWait(0)), Fails{ECHILD});
}

EXPERIMENT(PidOneHasNoSiblings,
           .claim = "PID 1 cannot use CLONE_PARENT (EINVAL); its members can.",
           .verifies = {"D-54"},
           .sources = {"clone(2), CLONE_PARENT",
                       "kernel/fork.c copy_process()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("Let a member make a sibling of its own");
  const pid_t sibling = trial.Must(ON(member, Clone(CLONE_PARENT)));
  trial.Expect(ON(init, WaitFor(sibling)), Eq(Exited(3)));

  trial.Step("Let PID 1 try that");
  trial.Expect(ON(init, Clone(CLONE_PARENT)), Fails{EINVAL});
  trial.Expect(ON(init, CloneAndWait(0)), Eq(Exited(4)));
}

EXPERIMENT(
    ANewUserDoesNotShareItsDirectory,
    .claim =
        "clone() with CLONE_NEWUSER and CLONE_FS is EINVAL, with CLONE_NEWPID "
        "as without; each of the two goes with CLONE_NEWPID.",
    .verifies = {"X-10"},
    .sources = {"clone(2), CLONE_NEWUSER", "kernel/fork.c copy_process()"},
    .needs = {UserNamespaces()}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Combine CLONE_NEWPID with either of them");
  trial.Expect(ON(caller, CloneAndWait(CLONE_NEWPID | CLONE_NEWUSER)),
               Eq(Exited(1)));
  trial.Expect(ON(caller, CloneAndWait(CLONE_NEWPID | CLONE_FS)),
               Eq(Exited(1)));

  trial.Step("Combine both, without CLONE_NEWPID and with it");
  trial.Expect(ON(caller, Clone(CLONE_NEWUSER | CLONE_FS)), Fails{EINVAL});
  trial.Expect(ON(caller, Clone(CLONE_NEWPID | CLONE_NEWUSER | CLONE_FS)),
               Fails{EINVAL});
}

}  // namespace
}  // namespace pidlab
