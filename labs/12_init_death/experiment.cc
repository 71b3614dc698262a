// When PID 1 of a PID namespace ends, the kernel kills all other processes in
// it.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;

EXPERIMENT(
    PidOneTakesEverybodyWithIt,
    .claim =
        "When PID 1 of a PID namespace ends, the kernel kills every other "
        "process in it and in the namespaces nested in it, with SIGKILL.",
    .verifies = {"S2-29", "D-10", "D-11"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/pid_namespace.c zap_pid_ns_processes()"}) {
  const Process host = trial.Host();

  trial.Step("Make an init, and a namespace nested in its own");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);
  const Process nested_member = nested_init.Clone("nested-member");
  trial.Expect(ON(nested_member, getpid()), Eq(2));

  trial.Step("Send in a member whose parent stays outside");
  const pid_t init_pid = init.PidIn(host);
  const pid_t own_pid = host.PidIn(host);
  trial.Must(ON(host, CreateChildrenInNamespaceOf(init_pid)));
  const Process member = host.Clone("member");
  trial.Must(ON(host, CreateChildrenInNamespaceOf(own_pid)));
  trial.Expect(ON(member, getppid()), Eq(0));

  trial.Step("Look at the nested ones from outside");
  trial.Expect(host.Kill(nested_init, 0), Eq(0));
  trial.Expect(host.Kill(nested_member, 0), Eq(0));

  trial.Step("Let init end as quietly as it can");
  init.Exit(0);
  // They are reaped in this order, since init does not end before its guests
  // are reaped (lab 14).
  trial.Expect(host.Reap(member), Eq(KilledBy(SIGKILL)));
  trial.Expect(host.Reap(init), Eq(Exited(0)));

  trial.Step("Look for the nested ones again");
  trial.Expect(host.Kill(nested_init, 0), Fails{ESRCH});
  trial.Expect(host.Kill(nested_member, 0), Fails{ESRCH});
}

EXPERIMENT(NeitherBlockingNorStoppingHelps,
           .claim =
               "A member dies with PID 1 even if it blocks every signal, or is "
               "stopped.",
           .verifies = {"D-10b"},
           .sources = {"signal(7)", "kernel/signal.c wants_signal()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Let one member block every signal, and try one");
  const Process deaf = init.Clone("deaf");
  trial.Must(ON(deaf, BlockEverySignal()));
  trial.Expect(host.Kill(deaf, SIGTERM), Eq(0));
  trial.Expect(ON(deaf, IsPending(SIGTERM)), Eq(1));

  trial.Step("Stop another");
  const Process stopped = init.Clone("stopped");
  trial.Expect(host.Kill(stopped, SIGSTOP), Eq(0));
  const pid_t stopped_inside = stopped.PidIn(init);
  trial.Expect(ON(init, WaitForStop(stopped_inside)), Eq(Signal{SIGSTOP}));

  trial.Step("Let init end, and look for both");
  init.Exit(0);
  trial.Must(host.Reap(init));
  trial.Expect(host.Kill(deaf, 0), Fails{ESRCH});
  trial.Expect(host.Kill(stopped, 0), Fails{ESRCH});
}

// Continues as a second thread of the calling process, while the first one, the
// thread-group leader, ends. Both use the same stack, so the leader touches
// nothing between the two system calls; that needs assembly.
Sys<int> GoOnAsAnotherThread() {
#if defined(__x86_64__)
  constexpr long kFlags = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS |
                          CLONE_FILES | CLONE_SYSVSEM;
  long result = 56;  // SYS_clone
  asm volatile(
      "xorl %%edx, %%edx\n\t"  // no tid is stored,
      "xorl %%r10d, %%r10d\n\t"
      "xorl %%r8d, %%r8d\n\t"  // and the thread-local storage stays
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jle 1f\n\t"
      "xorl %%edi, %%edi\n\t"
      "movl $60, %%eax\n\t"  // SYS_exit: this thread only
      "syscall\n"
      "1:"
      : "+a"(result)
      : "D"(kFlags), "S"(0L)
      : "rcx", "rdx", "r8", "r10", "r11", "memory");
  // 0 in the second thread; the first comes here only if clone(2) failed.
  return {0, static_cast<int>(-result)};
#else
  return Sys<int>::Failed(ENOSYS);
#endif
}

// There is no event for the end of a thread (before PIDFD_THREAD of Linux 6.9),
// so this looks again and again.
Sys<ProcessState> AwaitZombie(pid_t pid) {
  Sys<ProcessState> state = StatusOf(pid).Get(&ProcessStatus::state);
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  while (state.ok() && state.value != kZombie && !deadline.Passed()) {
    sched_yield();
    state = StatusOf(pid).Get(&ProcessStatus::state);
  }
  return state;
}

EXPERIMENT(TheNamespaceLivesAsLongAsAnyThreadOfPidOne,
           .claim =
               "PID 1 has ended when its last thread has: the end of its first "
               "thread kills nobody.",
           .verifies = {"D-16"},
           .sources = {"pthread_exit(3)", "kernel/exit.c find_child_reaper()"},
           .needs = {Architecture("x86_64"), FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("End the first thread of init; a second goes on");
  trial.Must(ON(init, GoOnAsAnotherThread()));
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(host, AwaitZombie(init_pid)), Eq(kZombie));

  trial.Step("See that the namespace goes on, too");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(init.TryClone(), Succeeds{});
  trial.Expect(ON(member, getppid()), Eq(1));

  trial.Step("End the second thread");
  init.Exit(9);
  trial.Expect(host.Reap(init), Eq(Exited(9)));
  trial.Expect(host.Kill(member, 0), Fails{ESRCH});
}

}  // namespace
}  // namespace pidlab
