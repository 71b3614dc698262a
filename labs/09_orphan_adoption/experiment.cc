// When a process ends, PID 1 of its namespace adopts its children, unless a
// subreaper is nearer.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace pidlab {
namespace {

using ::testing::Eq;

EXPERIMENT(OrphansGoToTheirNamespacesInit,
           .claim =
               "An orphan is adopted by PID 1 of its PID namespace, not by its "
               "grandparent; PID 1 can reap it like a child of its own.",
           .verifies = {"S2-13", "D-20"},
           .sources = {"pid_namespaces(7), Adoption of orphaned children",
                       "kernel/exit.c find_new_reaper()"}) {
  const Process host = trial.Host();

  // Without a grandparent between them, "goes to PID 1" and "goes one
  // generation up" would look the same.
  trial.Step("Make init, a grandparent, a parent and a child");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process grandparent = init.Clone("grandparent");
  const Process parent = grandparent.Clone("parent");
  const Process orphan = parent.Clone("orphan");
  trial.Expect(ON(orphan, getppid()), Eq(3));

  trial.Step("Let init try to wait for the child");
  trial.Expect(init.Reap(orphan), Fails{ECHILD});

  trial.Step("Let the parent end");
  parent.Exit(0);
  // The kernel hands the children on before it reports the death to any
  // process, so there is nothing to poll for after this.
  parent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(1));

  trial.Step("Let the orphan end, and see who can reap it");
  orphan.Exit(42);
  trial.Expect(grandparent.Reap(orphan), Fails{ECHILD});
  trial.Expect(init.Reap(orphan), Eq(Exited(42)));
}

// Lab 10 has more about subreapers. Here, one shows the limit of the rule
// above.
EXPERIMENT(
    ASubreaperInsideComesFirst,
    .claim =
        "A subreaper among the orphan's ancestors adopts it before PID 1 "
        "does; PID 1 adopts it when the subreaper ends, too.",
    .verifies = {"S2-13"},
    .sources = {"prctl(2), PR_SET_CHILD_SUBREAPER",
                "kernel/exit.c find_new_reaper()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process grandparent = init.Clone("grandparent");
  const Process parent = grandparent.Clone("parent");
  const Process orphan = parent.Clone("orphan");

  trial.Step("In the same family, make the grandparent a subreaper");
  trial.Expect(ON(grandparent, prctl(PR_SET_CHILD_SUBREAPER, 1)), Eq(0));

  trial.Step("Let the parent end, as before");
  parent.Exit(0);
  parent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(2));

  trial.Step("Let the subreaper end, too");
  grandparent.Exit(0);
  grandparent.AwaitDeath();
  trial.Expect(ON(orphan, getppid()), Eq(1));
}

}  // namespace
}  // namespace pidlab
