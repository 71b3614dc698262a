// Processes see all processes in namespaces below their own, but none above or
// beside it. So one process has several PIDs, and one PID can mean different
// processes.

#include "lib/trial/experiment.h"

#include <linux/kcmp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstdio>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;
using Name = Text<64>;

Sys<bool> AreInOneNamespace(pid_t a, pid_t b) {
  NamespaceId ids[2];
  const pid_t pids[] = {a, b};
  for (int i = 0; i < 2; ++i) {
    char path[32];
    snprintf(path, sizeof(path), "/proc/%d/ns/pid", pids[i]);
    const Sys<NamespaceId> id = ReadNamespace(path);
    if (!id.ok()) return Sys<bool>::Failed(id.err);
    ids[i] = id.value;
  }
  return {ids[0] == ids[1]};
}

EXPERIMENT(UnshareStaysInBetween,
           .claim =
               "Seen from outside, unshare stays between its parent and the "
               "shell of the new PID namespace; the shell sees no parent.",
           .verifies = {"S2-8"},
           .sources = {"unshare(1), --fork",
                       "pid_namespaces(7), Nesting PID namespaces"},
           .needs = {FreshProc(), UtilLinux("unshare"), Tool("sh", "dash")}) {
  const Process host = trial.Host();
  const Process sudo = host.Clone("sudo");
  const Process unshare = sudo.Clone("unshare");

  trial.Step("Let a child of sudo run sh by unshare --pid --fork");
  Program sh = unshare.Exec({"unshare", "--pid", "--fork", "sh"});
  trial.Expect(sh.Type("echo $$ $PPID"), StrEq("1 0"));

  trial.Step("Climb from sh to the top, from outside");
  trial.Expect(ON(host, ClimbFrom(5)), Eq(PidChain{5, 4, 3, 2, 1}));
  trial.Expect(ON(host, NameOf(5)), Eq(Name("sh")));
  trial.Expect(ON(host, NameOf(4)), Eq(Name("unshare")));

  trial.Step("Ask which of them are in one namespace");
  trial.Expect(ON(host, AreInOneNamespace(3, 4)), Eq(true));
  trial.Expect(ON(host, AreInOneNamespace(4, 5)), Eq(false));

  trial.Step("Let sh end, and unshare after it");
  sh.CloseInput();
  trial.Expect(sudo.Reap(unshare), Eq(Exited(0)));
}

EXPERIMENT(AnInodeIsNoProofOfIdentity,
           .claim =
               "An equal inode of ns/pid shows that two numbers are of one "
               "namespace; that they are one process is shown by NSpid.",
           .verifies = {"S2-14"},
           .sources = {"namespaces(7), The /proc/pid/ns/ directory",
                       "proc(5), /proc/[pid]/status"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Make an init and a member, and compare their inodes");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  trial.Expect(ON(host, AreInOneNamespace(3, 4)), Eq(true));
  trial.Expect(ON(host, AreInOneNamespace(2, 3)), Eq(false));

  trial.Step("Ask which of the two is PID 1 inside");
  trial.Expect(ON(host, NSpidOf(3)), Eq(PidChain{3, 1}));
  trial.Expect(ON(host, NSpidOf(4)), Eq(PidChain{4, 2}));

  trial.Step("Send a signal to 3 from outside, and to 1 from inside");
  trial.Must(ON(init, Handle(SIGUSR1)));
  trial.Must(ON(member, Handle(SIGUSR1)));
  trial.Expect(ON(host, kill(3, SIGUSR1)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(ON(member, kill(1, SIGUSR1)), Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(2));
  trial.Expect(ON(member, TimesHandled()), Eq(0));
}

EXPERIMENT(EqualNumbersAreDifferentProcesses,
           .claim =
               "PID 1 and PID 2 of two sibling namespaces are four processes, "
               "and what is done to one does not concern the others.",
           .verifies = {"S1-1", "D-71"},
           .sources = {"pid_namespaces(7)", "kernel/pid.c alloc_pid()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Make two namespaces with two processes each");
  const Process red = host.Clone("red-init", CLONE_NEWPID);
  const Process blue = host.Clone("blue-init", CLONE_NEWPID);
  const Process red_member = red.Clone("red-member");
  const Process blue_member = blue.Clone("blue-member");
  trial.Expect(ON(host, AreInOneNamespace(3, 4)), Eq(false));

  trial.Step("Ask the four for their numbers, inside and outside");
  trial.Expect(ON(red, getpid()), Eq(1));
  trial.Expect(ON(blue, getpid()), Eq(1));
  trial.Expect(ON(red_member, getpid()), Eq(2));
  trial.Expect(ON(blue_member, getpid()), Eq(2));
  trial.Expect(ON(host, NSpidOf(3)), Eq(PidChain{3, 1}));
  trial.Expect(ON(host, NSpidOf(4)), Eq(PidChain{4, 1}));
  trial.Expect(ON(host, NSpidOf(5)), Eq(PidChain{5, 2}));
  trial.Expect(ON(host, NSpidOf(6)), Eq(PidChain{6, 2}));

  trial.Step("Kill PID 2 of the red namespace");
  trial.Expect(ON(red, kill(2, SIGKILL)), Eq(0));
  trial.Expect(red.Reap(red_member), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(red, kill(2, 0)), Fails{ESRCH});
  trial.Expect(ON(blue, kill(2, 0)), Eq(0));
  trial.Expect(ON(blue_member, getppid()), Eq(1));

  trial.Step("Kill its PID 1, too");
  trial.Expect(ON(host, kill(3, SIGKILL)), Eq(0));
  trial.Expect(host.Reap(red), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(blue, getpid()), Eq(1));
}

// The PIDs that /proc has; here no process has one above 20.
PidChain NumbersInProc() {
  PidChain numbers;
  for (pid_t pid = 1; pid <= 20; ++pid) {
    char path[32];
    snprintf(path, sizeof(path), "/proc/%d", pid);
    if (access(path, F_OK) == 0) numbers.Append(pid);
  }
  return numbers;
}

EXPERIMENT(AncestorsSeeEverybodyNobodySeesThem,
           .claim =
               "A namespace sees its own processes and those of its "
               "descendants, in its /proc and by kill(2), and none above it.",
           .verifies = {"S1-3", "S2-15"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "fs/proc/base.c proc_pid_lookup()",
                       "kernel/pid.c find_vpid()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));

  trial.Step("Nest two namespaces, and leave one process outside");
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  const Process member = init.Clone("member");
  const Process nested = init.Clone("nested-init", CLONE_NEWPID | CLONE_NEWNS);
  const Process outsider = host.Clone("outsider");
  trial.Expect(ON(outsider, getpid()), Eq(6));
  trial.Expect(ON(host, NumbersInProc()), Eq(PidChain{1, 2, 3, 4, 5, 6}));

  trial.Step("Give both namespaces a /proc of their own, and look");
  trial.Must(ON(init, MountProc(mounts)));
  trial.Must(ON(nested, MountProc(mounts)));
  trial.Expect(ON(init, NumbersInProc()), Eq(PidChain{1, 2, 3}));
  trial.Expect(ON(nested, NumbersInProc()), Eq(PidChain{1}));

  trial.Step("Look down with kill(2) instead of /proc");
  trial.Expect(ON(host, kill(3, 0)), Eq(0));
  trial.Expect(ON(host, kill(4, 0)), Eq(0));
  trial.Expect(ON(host, kill(5, 0)), Eq(0));
  trial.Expect(ON(init, kill(3, 0)), Eq(0));

  trial.Step("Look up");
  trial.Expect(ON(member, kill(6, 0)), Fails{ESRCH});
  trial.Expect(ON(nested, kill(6, 0)), Fails{ESRCH});
  trial.Expect(ON(nested, kill(2, 0)), Fails{ESRCH});
}

// PTRACE_SEIZE leaves the other process running, but PTRACE_DETACH needs it
// stopped.
long TraceAndLetGo(pid_t pid) {
  const long seized = ptrace(PTRACE_SEIZE, pid, nullptr, nullptr);
  if (seized == 0 && ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) == 0 &&
      waitpid(pid, nullptr, __WALL) == pid) {
    ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
  }
  return seized;
}

long OpenPidfd(pid_t pid) {
  const Sys<int> pidfd = PidfdOpen(pid);
  const Fd closed(pidfd.ok() ? pidfd.value : -1);
  errno = pidfd.err;
  return pidfd.ok() ? 0 : -1;
}

long PeekAt(pid_t pid) {
  static char byte = 0;  // at the same address in every process of the trial
  char copy;
  const iovec here{&copy, 1};
  const iovec there{&byte, 1};
  return process_vm_readv(pid, &here, 1, &there, 1, 0);
}

rlimit limit;
cpu_set_t processors;

// Calls that take a PID.
struct PidCall {
  const char* name;
  long (*run)(pid_t pid);
};
const PidCall kPidCalls[] = {
    {"kill", [](pid_t pid) -> long { return kill(pid, 0); }},
    {"tgkill", [](pid_t p) { return syscall(SYS_tgkill, p, p, 0); }},
    {"getpgid", [](pid_t pid) -> long { return getpgid(pid); }},
    {"getsid", [](pid_t pid) -> long { return getsid(pid); }},
    {"getpriority",
     [](pid_t pid) { return syscall(SYS_getpriority, PRIO_PROCESS, pid); }},
    {"setpriority",
     [](pid_t pid) -> long {
       return setpriority(PRIO_PROCESS, pid, getpriority(PRIO_PROCESS, 0));
     }},
    {"sched_getscheduler",
     [](pid_t pid) -> long { return sched_getscheduler(pid); }},
    {"sched_getaffinity",
     [](pid_t pid) -> long {
       return sched_getaffinity(pid, sizeof(processors), &processors);
     }},
    {"prlimit",
     [](pid_t pid) -> long {
       return prlimit(pid, RLIMIT_NOFILE, nullptr, &limit);
     }},
    {"pidfd_open", OpenPidfd},
    {"process_vm_readv", PeekAt},
    {"kcmp",
     [](pid_t p) { return syscall(SYS_kcmp, getpid(), p, KCMP_FS, 0, 0); }},
    {"ptrace", TraceAndLetGo},
};

bool SaysNoSuchProcess(const PidCall& call, pid_t pid) {
  return call.run(pid) == -1 && errno == ESRCH;
}

using Names = Text<256>;

// The calls that find `pid`, or those that do not. If a sandbox or an old
// kernel refuses a call, it does not fail with ESRCH for a number that no
// process has; such a call is left out.
Names CallsThat(bool find, pid_t pid) {
  Names names;
  for (const PidCall& call : kPidCalls) {
    if (!SaysNoSuchProcess(call, INT_MAX)) continue;
    if (SaysNoSuchProcess(call, pid) == find) continue;
    if (!names.view().empty()) names.Append(" ");
    names.Append(call.name);
  }
  return names.view().empty() ? Names("none") : names;
}
Names CallsThatFind(pid_t pid) { return CallsThat(true, pid); }
Names CallsThatMiss(pid_t pid) { return CallsThat(false, pid); }

EXPERIMENT(NoCallReachesUpOrSideways,
           .claim =
               "Every system call that takes a PID says ESRCH for the number "
               "of a process in an outer or a sibling namespace.",
           .verifies = {"D-70"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "kernel/pid.c find_task_by_vpid()"}) {
  const Process host = trial.Host();
  const auto none = Eq(Names("none"));

  trial.Step("Make a caller, an outsider, and a member of a sibling");
  const Process outsider = host.Clone("outsider");
  const Process caller = host.Clone("caller", CLONE_NEWPID);
  const Process sibling = host.Clone("sibling-init", CLONE_NEWPID);
  const Process member = sibling.Clone("member");
  trial.Expect(ON(caller, getpid()), Eq(1));
  trial.Expect(ON(outsider, getpid()), Eq(3));
  trial.Expect(ON(member, getpid()), Eq(2));

  trial.Step("Let the host and the sibling try 13 calls");
  trial.Expect(ON(host, CallsThatMiss(3)), none);
  trial.Expect(ON(host, CallsThatMiss(6)), none);
  trial.Expect(ON(sibling, CallsThatMiss(2)), none);

  trial.Step("Let the caller try the same numbers");
  trial.Expect(ON(caller, CallsThatFind(3)), none);
  trial.Expect(ON(caller, CallsThatFind(6)), none);
  trial.Expect(ON(caller, CallsThatFind(2)), none);

  trial.Step("Let it try its own number");
  trial.Expect(ON(caller, CallsThatMiss(1)), none);
}

}  // namespace
}  // namespace pidlab
