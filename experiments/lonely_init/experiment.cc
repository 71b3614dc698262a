// kill(-1) by an init if there is no other process to signal.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/place.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// In the wrong namespace this would signal the whole machine.
int SignalEverybody(int signal, Place outside) {
  if (!IsOneLevelBelow(outside) || getpid() != 1) {
    errno = EPERM;
    return -1;
  }
  return kill(-1, signal);
}

EXPERIMENT(ALonelyInitHasNobodyToKill,
           .claim =
               "kill(-1) by an init that is alone in its namespace fails with "
               "ESRCH and does nothing; a zombie is company enough.",
           .verifies = {"X-4", "D-48"},
           .sources = {"kill(2), NOTES",
                       "kernel/signal.c kill_something_info()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process witness = host.Clone("witness");
  const Place outside = trial.Must(ON(host, OwnPlace()));
  trial.Must(ON(witness, Handle(SIGUSR1)));

  trial.Step("Try to signal everybody from outside, and be refused");
  trial.Expect(ON(host, SignalEverybody(SIGUSR1, outside)), Fails{EPERM});

  trial.Step("Let init do so when nobody else is inside");
  trial.Expect(ON(init, SignalEverybody(SIGUSR1, outside)), Fails{ESRCH});
  trial.Expect(ON(init, SignalEverybody(SIGKILL, outside)), Fails{ESRCH});
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(witness, TimesHandled()), Eq(0));

  trial.Step("Give it company, and do it again");
  const Process member = init.Clone("member");
  trial.Expect(ON(init, SignalEverybody(SIGKILL, outside)), Eq(0));
  member.AwaitDeath();

  trial.Step("Do it while the member is a zombie");
  trial.Expect(ON(init, SignalEverybody(SIGKILL, outside)), Eq(0));

  trial.Step("Reap it, and do it again");
  trial.Expect(init.Reap(member), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(init, SignalEverybody(SIGKILL, outside)), Fails{ESRCH});
  trial.Expect(ON(witness, TimesHandled()), Eq(0));
}

}  // namespace
}  // namespace pidlab
