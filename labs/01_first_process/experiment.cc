// The first process of a PID namespace: PID 1, and no parent.

#include <sched.h>
#include <unistd.h>

#include "lib/linux/procfs.h"
#include "lib/trial/experiment.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::Gt;

EXPERIMENT(
    TheFirstProcessIsPidOne,
    .claim = "The first process in a new PID namespace has PID 1, and its "
             "parent has no number there.",
    .verifies = {"S1-8", "S2-1", "S2-11", "D-01"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/pid.c alloc_pid()"}) {
  const Process host = trial.Host();

  trial.Step("Make a process in a new PID namespace");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(host, getpid()), Gt(1));

  trial.Step("Ask it who it is, and who its parent is");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, getppid()), Eq(0));
  init.Exit(7);
  trial.Expect(host.Reap(init), Eq(Exited(7)));
}

}  // namespace
}  // namespace pidlab
