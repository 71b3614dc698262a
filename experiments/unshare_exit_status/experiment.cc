// What the exit status of unshare(1) shows about the end of the PID 1 that it
// has made.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::StrEq;

Observation<Ending> EndingOfCommand(const Process& process,
                                    const std::vector<std::string>& command) {
  const auto ran = process.Command(command);
  return {ran.process, ran.text, ran.value.ending, ran.err};
}

EXPERIMENT(UnshareEndsLikeItsChild,
           .claim =
               "unshare --fork exits with the status of its child, or "
               "dies by the same signal.",
           .verifies = {"C-4"},
           .sources = {"unshare(1)", "util-linux sys-utils/unshare.c main()"},
           .needs = {UtilLinux("unshare")}) {
  const Process host = trial.Host();

  trial.Step("Let PID 1 exit");
  trial.Expect(EndingOfCommand(host, {"unshare", "--pid", "--fork", "sh", "-c",
                                      "exit $(($$ + 36))"}),
               Eq(Exited(37)));

  trial.Step("Let a child that is not PID 1 kill itself");
  trial.Expect(
      EndingOfCommand(host, {"unshare", "--fork", "sh", "-c", "kill -TERM $$"}),
      Eq(KilledBy(SIGTERM)));

  // Its own signals do nothing to PID 1, but a crash ends it.
  trial.Step("Let PID 1 try that, then run out of its stack");
  trial.Expect(EndingOfCommand(host, {"unshare", "--pid", "--fork", "sh", "-c",
                                      "kill -TERM $$; exit 5"}),
               Eq(Exited(5)));
  trial.Expect(
      EndingOfCommand(host, {"unshare", "--pid", "--fork", "sh", "-c",
                             "ulimit -s 256; crash() { crash; }; crash"}),
      Eq(KilledBy(SIGSEGV)));
}

EXPERIMENT(AnOldUnshareFailsWhenPidOneIsKilled,
           .claim =
               "When SIGKILL ends PID 1, unshare dies by SIGKILL, too; before "
               "util-linux 2.40 it says that it cannot, and exits with 1.",
           .verifies = {"C-4"},
           .sources = {"unshare(1)", "util-linux sys-utils/unshare.c main()"},
           .needs = {UtilLinux("unshare"), FreshProc()}) {
  const Process host = trial.Host();
  const Process unshare = host.Clone("unshare");
  const pid_t unshare_pid = unshare.PidIn(host);
  const pid_t init_pid = unshare_pid + 1;  // the next process that is created

  trial.Step("Let unshare make a PID 1");
  Program program = unshare.Exec(
      {"unshare", "--pid", "--fork", "sh", "-c", "echo ready; read line"});
  program.Await("ready\n");
  trial.Expect(ON(host, StatusOf(init_pid).Get(&ProcessStatus::ppid)),
               Eq(unshare_pid));
  trial.Expect(ON(host, StatusOf(init_pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{init_pid, 1}));

  trial.Step("Kill that from outside");
  trial.Expect(ON(host, kill(init_pid, SIGKILL)), Eq(0));
  const auto ending = host.Reap(unshare);

  trial.Step("Compare what unshare has said with how it ended");
  const std::string said = program.AwaitEnd();
  const bool complained = !said.empty();
  trial.Expect(Observation<std::string>{"unshare", "what it printed", said},
               AnyOf(StrEq("unshare: sigprocmask unblock failed: Invalid "
                           "argument\n"),
                     StrEq("")));
  trial.Expect(ending, Eq(complained ? Exited(1) : KilledBy(SIGKILL)));
}

}  // namespace
}  // namespace pidlab
