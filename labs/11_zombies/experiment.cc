// PID 1 adopts the orphans of its namespace. If it does not reap them, no
// process does, and they stay as zombies.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>

#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;

EXPERIMENT(AdoptedIsNotReaped,
           .claim =
               "An orphan that ends is reaped by nobody if PID 1 does not do "
               "it: it stays a zombie, and keeps its PID, until PID 1 ends.",
           .verifies = {"D-25"},
           .sources = {"wait(2), NOTES", "kernel/exit.c exit_notify()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process parent = init.Clone("parent");
  const Process first = parent.Clone("first");
  const Process second = parent.Clone("second");
  const Process third = parent.Clone("third");
  const pid_t first_pid = first.PidIn(host);
  const pid_t second_pid = second.PidIn(host);
  const pid_t third_pid = third.PidIn(host);

  trial.Step("Let init adopt three orphans, and wait for nobody");
  parent.Exit(0);
  parent.AwaitDeath();
  trial.Expect(ON(first, getppid()), Eq(1));
  trial.Expect(ON(second, getppid()), Eq(1));
  trial.Expect(ON(third, getppid()), Eq(1));

  trial.Step("Let the orphans end");
  for (const Process& orphan : {first, second, third}) {
    orphan.Exit(42);
    orphan.AwaitDeath();
  }
  trial.Expect(ON(host, StateOf(first_pid)), Eq(kZombie));
  trial.Expect(ON(host, StateOf(second_pid)), Eq(kZombie));
  trial.Expect(ON(host, StateOf(third_pid)), Eq(kZombie));

  trial.Step("Let the host try to reap one");
  trial.Expect(host.Reap(first), Fails{ECHILD});

  trial.Step("Let init reap one");
  trial.Expect(init.Reap(first), Eq(Exited(42)));
  trial.Expect(ON(host, kill(first_pid, 0)), Fails{ESRCH});
  trial.Expect(ON(host, kill(second_pid, 0)), Eq(0));
  trial.Expect(ON(host, kill(third_pid, 0)), Eq(0));

  trial.Step("Let init end, and look for the others");
  init.Exit(0);
  trial.Expect(host.Reap(init), Eq(Exited(0)));
  trial.Expect(ON(host, kill(second_pid, 0)), Fails{ESRCH});
  trial.Expect(ON(host, kill(third_pid, 0)), Fails{ESRCH});
}

// Waits until no process has this PID. The end of a process and the
// disappearance of its PID are two events, and there is no notification of the
// latter, so this looks again and again.
bool IsGone(pid_t pid) {
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  while (kill(pid, 0) == 0 && !deadline.Passed()) sched_yield();
  return kill(pid, 0) != 0 && errno == ESRCH;
}

EXPERIMENT(IgnoringSigchldReapsThem,
           .claim =
               "If PID 1 ignores SIGCHLD, the kernel reaps its orphans as soon "
               "as they end; wait() then has nothing to tell.",
           .verifies = {"D-25"},
           .sources = {"wait(2), NOTES", "sigaction(2), SA_NOCLDWAIT",
                       "kernel/signal.c do_notify_parent()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process parent = init.Clone("parent");
  const Process orphan = parent.Clone("orphan");

  trial.Step("Let an init ignore SIGCHLD, and adopt an orphan");
  trial.Expect(ON(init, Ignore(SIGCHLD)), Eq(0));
  parent.Exit(0);
  parent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(1));

  trial.Step("Let init wait for the orphan, and the orphan end");
  const pid_t orphan_pid = orphan.PidIn(init);
  const auto wait = ON(init, WaitFor(orphan_pid));
  wait.Start();
  orphan.Exit(42);
  trial.Expect(wait.Await(), Fails{ECHILD});
  trial.Expect(ON(init, IsGone(orphan_pid)), Eq(true));
}

EXPERIMENT(NotEveryProgramIsAnInit,
           .claim =
               "cat, as PID 1, keeps the zombies of its namespace; bash reaps "
               "orphans that it never started.",
           .verifies = {"D-25"},
           .sources = {"pid_namespaces(7), The namespace init process",
                       "bash 5.2, jobs.c waitchld()"},
           .needs = {FreshProc(), Tool("cat", "coreutils"),
                     Tool("bash", "bash")}) {
  const Process host = trial.Host();

  trial.Step("Let cat be PID 1, and an orphan end");
  const Process careless = host.Clone("careless", CLONE_NEWPID);
  const Process parent = careless.Clone("parent");
  const Process orphan = parent.Clone("orphan");
  const pid_t orphan_pid = orphan.PidIn(host);
  Program cat = careless.Exec({"cat"});
  cat.Write("a line\n");
  cat.Await("a line\n");
  parent.Exit(0);
  parent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(1));
  orphan.Exit(42);
  orphan.AwaitDeath();

  trial.Step("Let cat go on with its work");
  cat.Write("another line\n");
  cat.Await("another line\n");
  trial.Expect(ON(host, StateOf(orphan_pid)), Eq(kZombie));

  trial.Step("Let bash be PID 1, and an orphan end");
  const Process careful = host.Clone("careful", CLONE_NEWPID);
  const Process other_parent = careful.Clone("other-parent");
  const Process other = other_parent.Clone("other-orphan");
  const pid_t other_pid = other.PidIn(host);
  Program bash = careful.Exec({"bash", "--norc"});
  trial.Expect(bash.Type("echo $$"), StrEq("1"));
  other_parent.Exit(0);
  other_parent.AwaitDeath();
  trial.Expect(ON(other, getppid()), Eq(1));
  other.Exit(42);
  trial.Expect(ON(host, IsGone(other_pid)), Eq(true));
}

}  // namespace
}  // namespace pidlab
