// Which process adopts an orphan if there are subreapers, or if its parent was
// in another PID namespace.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;

int BecomeSubreaper() { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

EXPERIMENT(TheNearestSubreaperInsideComesFirst,
           .claim =
               "An orphan goes to its nearest ancestor inside that is a "
               "subreaper; to PID 1 when there is none left.",
           .verifies = {"D-21"},
           .sources = {"prctl(2), PR_SET_CHILD_SUBREAPER",
                       "kernel/exit.c find_new_reaper()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Make two subreapers, and a family below them");
  const Process farther = init.Clone("farther");
  trial.Expect(ON(farther, BecomeSubreaper()), Eq(0));
  const Process nearer = farther.Clone("nearer");
  trial.Expect(ON(nearer, BecomeSubreaper()), Eq(0));
  const Process bystander = nearer.Clone("bystander");
  const Process parent = bystander.Clone("parent");
  const Process orphan = parent.Clone("orphan");
  trial.Expect(ON(orphan, getppid()), Eq(5));

  trial.Step("Let the parent end");
  parent.Exit(0);
  parent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(3));

  trial.Step("Let the nearer subreaper end");
  nearer.Exit(0);
  nearer.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(2));
  trial.Expect(ON(bystander, getppid()), Eq(2));

  trial.Step("Let the farther subreaper end");
  farther.Exit(0);
  farther.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(1));

  trial.Step("Let the orphan end");
  orphan.Exit(21);
  trial.Expect(init.Reap(orphan), Eq(Exited(21)));
}

EXPERIMENT(ASubreaperOutsideGetsNoneFromInside,
           .claim =
               "A subreaper outside of a PID namespace adopts none of the "
               "orphans inside, though it is their ancestor.",
           .verifies = {"D-22"},
           .sources = {"pid_namespaces(7), Adoption of orphaned children",
                       "kernel/exit.c find_new_reaper()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Make a subreaper, with a family outside and one inside");
  const Process manager = host.Clone("manager");
  trial.Expect(ON(manager, BecomeSubreaper()), Eq(0));
  const Process worker = manager.Clone("worker");
  const Process outer_orphan = worker.Clone("outer-orphan");
  const Process init = manager.Clone("init", CLONE_NEWPID);
  const Process parent = init.Clone("parent");
  const Process orphan = parent.Clone("orphan");
  trial.Expect(ON(host, PPidOf(5)), Eq(4));
  trial.Expect(ON(host, PPidOf(8)), Eq(7));

  trial.Step("Let the worker outside end");
  worker.Exit(0);
  worker.AwaitDeath();
  trial.Expect(ON(outer_orphan, getppid()), Eq(3));

  trial.Step("Let the parent inside end");
  parent.Exit(0);
  parent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(1));
  trial.Expect(ON(host, PPidOf(8)), Eq(6));
}

EXPERIMENT(AGuestIsAdoptedOutside,
           .claim =
               "Who was born into a namespace by setns() from outside, is not "
               "adopted by its PID 1, but where its parent was.",
           .verifies = {"D-23"},
           .sources = {"pid_namespaces(7), Adoption of orphaned children",
                       "kernel/exit.c find_new_reaper()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Send a guest into a namespace");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process manager = host.Clone("manager");
  trial.Must(ON(manager, BecomeSubreaper()));
  const Process joiner = manager.Clone("joiner");
  trial.Must(ON(joiner, CreateChildrenInNamespaceOf(3)));
  const Process guest = joiner.Clone("guest");
  trial.Expect(ON(guest, getpid()), Eq(2));
  trial.Expect(ON(guest, getppid()), Eq(0));
  trial.Expect(ON(host, PPidOf(6)), Eq(5));

  trial.Step("Let its parent end");
  joiner.Exit(0);
  trial.Expect(manager.Reap(joiner), Eq(Exited(0)));
  trial.Expect(ON(guest, getppid()), Eq(0));
  trial.Expect(ON(host, PPidOf(6)), Eq(4));

  trial.Step("Let the guest end, and see who can reap it");
  guest.Exit(5);
  trial.Expect(init.Reap(guest), Fails{ECHILD});
  trial.Expect(manager.Reap(guest), Eq(Exited(5)));
}

EXPERIMENT(WithoutASubreaperTheOuterInitAdoptsIt,
           .claim =
               "Without a subreaper outside, a guest goes to PID 1 of the "
               "outer namespace; and PID 1 inside cannot reap it.",
           .verifies = {"D-23"},
           .sources = {"pid_namespaces(7), Adoption of orphaned children",
                       "kernel/exit.c find_new_reaper()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Send in a guest, from a parent without a subreaper");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process joiner = host.Clone("joiner");
  trial.Must(ON(joiner, CreateChildrenInNamespaceOf(3)));
  const Process guest = joiner.Clone("guest");
  trial.Expect(ON(host, PPidOf(5)), Eq(4));

  trial.Step("Let that parent end");
  joiner.Exit(0);
  joiner.AwaitDeath();
  trial.Expect(ON(guest, getppid()), Eq(0));
  trial.Expect(ON(host, PPidOf(5)), Eq(1));
  trial.Expect(init.Reap(guest), Fails{ECHILD});
}

int IsSubreaper() {
  int is = -1;
  return prctl(PR_GET_CHILD_SUBREAPER, &is) == 0 ? is : -1;
}

EXPERIMENT(TheChildrenOfAGuestAreAtHome,
           .claim =
               "The children of a guest are adopted by PID 1 of the namespace "
               "in which they and the guest are.",
           .verifies = {"D-24"},
           .sources = {"pid_namespaces(7), Adoption of orphaned children",
                       "kernel/exit.c find_new_reaper()"}) {
  const Process host = trial.Host();

  trial.Step("Let a guest have a child, below a subreaper outside");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process joiner = host.Clone("joiner");
  trial.Must(ON(joiner, BecomeSubreaper()));
  trial.Must(ON(joiner, CreateChildrenInNamespaceOf(3)));
  const Process guest = joiner.Clone("guest");
  const Process child = guest.Clone("child");
  trial.Expect(ON(joiner, IsSubreaper()), Eq(1));
  trial.Expect(ON(child, getpid()), Eq(3));
  trial.Expect(ON(child, getppid()), Eq(2));

  trial.Step("Let the guest end");
  guest.Exit(0);
  trial.Expect(joiner.Reap(guest), Eq(Exited(0)));
  trial.Expect(ON(child, getppid()), Eq(1));

  trial.Step("Let the child end, and see who can reap it");
  child.Exit(6);
  trial.Expect(joiner.Reap(child), Fails{ECHILD});
  trial.Expect(init.Reap(child), Eq(Exited(6)));
}

}  // namespace
}  // namespace pidlab
