// A signal that is sent through a pidfd is filtered like any other.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using ::testing::Eq;

Sys<int> KillThroughPidfd(pid_t pid) {
  const Sys<int> pidfd = PidfdOpen(pid);
  if (!pidfd.ok()) return pidfd;
  const Fd owned(pidfd.value);
  return PidfdSendSignal(owned.get(), SIGKILL);
}

EXPERIMENT(
    APidfdDoesNotGetAroundTheFilter,
    .claim =
        "pidfd_send_signal(2) follows the rules of kill(2): a member cannot "
        "kill PID 1 of its namespace, an ancestor can.",
    .verifies = {"D-43"},
    .sources = {"pidfd_send_signal(2)",
                "pid_namespaces(7), The namespace init "
                "process",
                "kernel/signal.c sig_task_ignored()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process neighbour = init.Clone("neighbour");

  trial.Step("Kill a neighbour through a pidfd");
  const pid_t neighbour_inside = neighbour.PidIn(member);
  trial.Expect(ON(member, KillThroughPidfd(neighbour_inside)), Succeeds{});
  trial.Expect(init.Reap(neighbour), Eq(KilledBy(SIGKILL)));

  trial.Step("Do the same to init");
  trial.Expect(ON(member, KillThroughPidfd(1)), Succeeds{});
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Do it from outside");
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(host, KillThroughPidfd(init_pid)), Succeeds{});
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

}  // namespace
}  // namespace pidlab
