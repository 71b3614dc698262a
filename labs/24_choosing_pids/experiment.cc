// PIDs that the caller chooses instead of the kernel: clone3(2) with set_tid,
// and its purpose, to restore a process with the PID that it had.

#include "lib/trial/experiment.h"

#include <linux/capability.h>
#include <linux/sched.h>  // clone_args; after <sched.h>, which has the flags
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <initializer_list>

#include "lib/linux/capabilities.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// clone3(2) with set_tid, whose first number is for the innermost namespace.
// The child does nothing but keep its numbers, until it is killed.
Sys<pid_t> CloneAs(const pid_t* numbers, size_t levels, uint64_t flags) {
  clone_args args{};
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  args.set_tid = reinterpret_cast<uintptr_t>(numbers);
  args.set_tid_size = levels;
  const long child = syscall(SYS_clone3, &args, sizeof(args));
  if (child == 0) {
    prctl(PR_SET_NAME, "keeper");
    close_range(3, ~0U, 0);
    for (;;) pause();
  }
  return FromErrno(static_cast<pid_t>(child));
}
Sys<pid_t> CloneAs(std::initializer_list<pid_t> numbers, uint64_t flags = 0) {
  return CloneAs(numbers.begin(), numbers.size(), flags);
}

// Sends SIGKILL to a child of the caller, and returns how it ended.
Sys<Ending> KillChild(pid_t pid) {
  if (kill(pid, SIGKILL) != 0) return Sys<Ending>::Failed(errno);
  return WaitFor(pid);
}

// A number that no process can have is EINVAL if numbers can be chosen. Before
// Linux 5.5 it is E2BIG.
Sys<int> TrySetTid() {
  const pid_t none = 0;
  const Sys<pid_t> child = CloneAs(&none, 1, 0);
  if (!child.ok()) return {0, child.err == EINVAL ? 0 : child.err};
  // The kernel has ignored the number: the experiment will notice that.
  return {0, KillChild(child.value).err};
}

Need SetTid() {
  return KernelFeature("clone3(2) with set_tid (Linux 5.5)", TrySetTid);
}

EXPERIMENT(OneNumberMeansAnotherProcessInEachNamespace,
           .claim =
               "The same number may be in use in several PID namespaces at "
               "once, and means another process in each.",
           .verifies = {"D-09", "D-60"},
           .sources = {"pid_namespaces(7)", "clone(2), set_tid",
                       "kernel/pid.c alloc_pid()"},
           .needs = {FreshProc(), SetTid()}) {
  const Process host = trial.Host();
  const Process init_a = host.Clone("init-a", CLONE_NEWPID);
  const Process init_b = host.Clone("init-b", CLONE_NEWPID);

  trial.Step("Choose the number 4242 in three namespaces");
  trial.Expect(ON(host, CloneAs({4242})), Eq(4242));
  trial.Expect(ON(init_a, CloneAs({4242})), Eq(4242));
  trial.Expect(ON(init_b, CloneAs({4242})), Eq(4242));

  trial.Step("See which three processes these are");
  trial.Expect(ON(host, NSpidOf(4242)), Eq(PidChain{4242}));
  trial.Expect(ON(host, NSpidOf(5)), Eq(PidChain{5, 4242}));
  trial.Expect(ON(host, NSpidOf(6)), Eq(PidChain{6, 4242}));

  trial.Step("Kill 4242 in the first namespace only");
  trial.Expect(ON(init_a, KillChild(4242)), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(init_a, kill(4242, 0)), Fails{ESRCH});
  trial.Expect(ON(init_b, kill(4242, 0)), Eq(0));
  trial.Expect(ON(host, KillChild(4242)), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(init_b, kill(4242, 0)), Eq(0));
}

EXPERIMENT(OneNumberIsChosenPerLevel,
           .claim =
               "clone3() with set_tid takes a number for each level, from the "
               "innermost outwards; at the others the kernel goes on counting.",
           .verifies = {"D-60"},
           .sources = {"clone(2), set_tid", "kernel/pid.c alloc_pid()"},
           .needs = {FreshProc(), SetTid()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);

  trial.Step("Choose one number for all three levels");
  trial.Expect(ON(nested_init, CloneAs({4242, 4242, 4242})), Eq(4242));
  trial.Expect(ON(host, NSpidOf(4242)), Eq(PidChain{4242, 4242, 4242}));

  trial.Step("Choose three different ones");
  trial.Expect(ON(nested_init, CloneAs({5, 60, 700})), Eq(5));
  trial.Expect(ON(host, NSpidOf(700)), Eq(PidChain{700, 60, 5}));

  trial.Step("Choose one, and leave the others to the kernel");
  trial.Expect(ON(nested_init, CloneAs({8})), Eq(8));
  trial.Expect(ON(host, NSpidOf(5)), Eq(PidChain{5, 3, 8}));

  trial.Step("Choose for the first process of a new namespace");
  trial.Expect(ON(init, CloneAs({2}, CLONE_NEWPID)), Fails{EINVAL});
  trial.Expect(ON(init, CloneAs({1, 310}, CLONE_NEWPID)), Eq(310));
  trial.Expect(ON(init, kill(310, 0)), Eq(0));
  trial.Expect(ON(host, NSpidOf(6)), Eq(PidChain{6, 310, 1}));
}

// Chooses one number for this many levels.
Sys<pid_t> CloneAsEverywhere(pid_t number, size_t levels) {
  pid_t numbers[kMaxPidLevels];
  std::fill_n(numbers, std::min(levels, kMaxPidLevels), number);
  return CloneAs(numbers, levels, 0);
}

// Sends SIGKILL to a child of the caller, and leaves it a zombie.
int MakeZombie(pid_t pid) {
  siginfo_t info{};
  if (kill(pid, SIGKILL) != 0) return -1;
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
}

EXPERIMENT(OnlyAFreeNumberInRangeIsGiven,
           .claim =
               "A number that is in use is refused with EEXIST, until its "
               "process is reaped; one that cannot be is refused with EINVAL.",
           .verifies = {"D-60"},
           .sources = {"clone(2), ERRORS", "kernel/pid.c alloc_pid()"},
           .needs = {SetTid()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Choose a free number, then let the kernel choose");
  trial.Expect(ON(init, CloneAs({777})), Eq(777));
  trial.Expect(init.TryClone(), Eq(2));

  trial.Step("Choose it again, until its process is reaped");
  trial.Expect(ON(init, CloneAs({777})), Fails{EEXIST});
  trial.Expect(ON(init, MakeZombie(777)), Eq(0));
  trial.Expect(ON(init, CloneAs({777})), Fails{EEXIST});
  trial.Expect(ON(init, WaitFor(777)), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(init, CloneAs({777})), Eq(777));

  trial.Step("Choose numbers that no process can have");
  trial.Expect(ON(init, CloneAs({0})), Fails{EINVAL});
  trial.Expect(ON(init, CloneAs({-5})), Fails{EINVAL});
  trial.Expect(ON(init, CloneAs({INT_MAX})), Fails{EINVAL});

  // It is not known how deep the machine's own namespaces are, but they are not
  // that deep: otherwise the chamber could not have been made.
  trial.Step("Choose more numbers than there are levels");
  trial.Expect(ON(init, CloneAsEverywhere(888, 2)), Eq(888));
  trial.Expect(ON(init, CloneAsEverywhere(999, 32)), Fails{EINVAL});
}

EXPERIMENT(EachLevelAsksForItsOwnPrivilege,
           .claim =
               "A number is chosen only with CAP_CHECKPOINT_RESTORE (or "
               "CAP_SYS_ADMIN) in the user namespace that owns that level.",
           .verifies = {"D-60"},
           .sources = {"clone(2), set_tid", "capabilities(7)",
                       "kernel/pid.c alloc_pid()"},
           .needs = {UserNamespaces(), SetTid()}) {
  const Process host = trial.Host();

  trial.Step("Choose a number in a namespace of one's own user namespace");
  const Process init = host.Clone("init", CLONE_NEWUSER | CLONE_NEWPID);
  trial.Expect(ON(init, CloneAs({777})), Eq(777));

  trial.Step("Choose one for the level around it, too");
  trial.Expect(ON(init, CloneAs({888, 4242})), Fails{EPERM});
  trial.Expect(ON(host, CloneAs({4242})), Eq(4242));
  trial.Expect(ON(host, KillChild(4242)), Eq(KilledBy(SIGKILL)));

  trial.Step("Keep CAP_CHECKPOINT_RESTORE, and give up all others");
  const Process member = init.Clone("member");
  trial.Must(ON(member, KeepCapabilities(Capability(kCapCheckpointRestore))));
  trial.Expect(ON(member, unshare(CLONE_NEWPID)), Fails{EPERM});
  trial.Expect(ON(member, CloneAs({888})), Eq(888));

  trial.Step("Give that up as well");
  trial.Must(ON(member, KeepCapabilities(0)));
  trial.Expect(ON(member, CloneAs({999})), Fails{EPERM});
  trial.Expect(member.TryClone(), Eq(3));
}

// Memory that the caller shares with its descendants.
Sys<int*> MakeCounter() {
  void* memory = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Sys<int*>::Failed(errno);
  return {static_cast<int*>(memory)};
}

EXPERIMENT(AnAncestorSuspendsAndResumes,
           .claim =
               "From an ancestor, every process of a PID namespace can be "
               "suspended and resumed, PID 1 too; a stop is for one process.",
           .verifies = {"D-65", "S2-2"},
           .sources = {"pid_namespaces(7)", "signal(7)",
                       "kernel/signal.c sig_task_ignored()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  int* const counter = trial.Must(ON(host, MakeCounter()));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t init_pid = init.PidIn(host);
  const pid_t member_pid = member.PidIn(host);
  const pid_t member_inside = member.PidIn(init);

  trial.Step("Let a member count, and try to suspend PID 1");
  trial.Expect(ON(member, ++*counter), Eq(1));
  trial.Expect(ON(member, kill(1, SIGSTOP)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Suspend the member from outside");
  trial.Expect(ON(host, kill(member_pid, SIGSTOP)), Eq(0));
  trial.Expect(ON(init, WaitForStop(member_inside)), Eq(Signal{SIGSTOP}));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Suspend PID 1, too, and ask the member to count");
  trial.Expect(ON(host, kill(init_pid, SIGSTOP)), Eq(0));
  trial.Expect(ON(host, WaitForStop(init_pid)), Eq(Signal{SIGSTOP}));
  const auto counting = ON(member, ++*counter);
  counting.Start();
  trial.Expect(ON(host, StateOf(init_pid)), Eq(kStopped));
  trial.Expect(ON(host, StateOf(member_pid)), Eq(kStopped));
  trial.Expect(ON(host, *counter), Eq(1));

  trial.Step("Resume both");
  trial.Expect(ON(host, kill(init_pid, SIGCONT)), Eq(0));
  trial.Expect(ON(host, kill(member_pid, SIGCONT)), Eq(0));
  trial.Expect(counting.Await(), Eq(2));
  trial.Expect(ON(init, getpid()), Eq(1));
}

EXPERIMENT(AFreshNamespaceHasEveryNumberFree,
           .claim =
               "A process can be made again under the number that it had, "
               "because in a new PID namespace every number is free.",
           .verifies = {"D-65", "S2-2", "D-60"},
           .sources = {"clone(2), set_tid", "pid_namespaces(7)",
                       "kernel/pid.c alloc_pid()"},
           .needs = {SetTid()}) {
  const Process host = trial.Host();

  trial.Step("Remember the numbers of a family, and let it end");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(init, CloneAs({4321})), Eq(4321));
  init.Exit(0);
  trial.Expect(host.Reap(init), Eq(Exited(0)));

  trial.Step("Make it again where strangers have come meanwhile");
  const Process stranger = host.Clone("stranger");
  trial.Expect(ON(stranger, CloneAs({4321})), Eq(4321));
  trial.Expect(ON(host, CloneAs({4321})), Fails{EEXIST});

  trial.Step("Make it again in a new namespace");
  const Process new_init = host.Clone("new-init", CLONE_NEWPID);
  trial.Expect(new_init.TryClone(), Eq(2));
  trial.Expect(ON(new_init, CloneAs({4321})), Eq(4321));
  trial.Expect(ON(new_init, kill(4321, 0)), Eq(0));

  trial.Step("Kill the stranger's, and see that it was another");
  trial.Expect(ON(stranger, KillChild(4321)), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(new_init, kill(4321, 0)), Eq(0));
}

}  // namespace
}  // namespace pidlab
