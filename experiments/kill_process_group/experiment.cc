// kill(0) signals the caller's process group, which can have members inside and
// outside of a PID namespace.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/place.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::Ne;

// The caller's process group, by its number in the namespace of /proc.
// getpgrp() returns 0 for every group from outside.
Sys<pid_t> OwnGroup() {
  const auto group = OwnStatus().Get(&ProcessStatus::ns_pgid);
  if (!group.ok()) return Sys<pid_t>::Failed(group.err);
  if (group.value.empty()) return Sys<pid_t>::Failed(ENODATA);
  return {group.value.outermost()};
}

struct Outside {
  Place place;
  pid_t group = 0;
};

// In the wrong place kill(0) would signal the program that runs this. So the
// caller has to be one level below, and in `group`, which the experiment has
// made.
int SignalOwnGroup(int signal, Outside outside, pid_t group) {
  const Sys<pid_t> own = OwnGroup();
  if (!IsOneLevelBelow(outside.place) || !own.ok() || own.value != group ||
      own.value == outside.group) {
    errno = EPERM;
    return -1;
  }
  return kill(0, signal);
}

EXPERIMENT(KillZeroCrossesTheBorderWithTheProcessGroup,
           .claim =
               "kill(0) from inside reaches the members of the process group "
               "that are outside, too, unless init has left that group; si_pid "
               "is the sender's PID inside, which means somebody else there.",
           .verifies = {"D-49"},
           .sources = {"kill(2)", "kernel/signal.c kill_something_info()",
                       "kernel/signal.c send_signal_locked()"}) {
  const Process host = trial.Host();
  const Process leader = host.Clone("leader");

  trial.Step("Make a process group with members inside and outside");
  trial.Must(ON(leader, setpgid(0, 0)));
  const Process init = leader.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process witness = host.Clone("witness");
  const Outside outside = {trial.Must(ON(host, OwnPlace())),
                           trial.Must(ON(host, OwnGroup()))};
  const pid_t group = trial.Must(ON(leader, OwnGroup()));
  trial.Expect(ON(host, OwnGroup()), Ne(group));
  trial.Expect(ON(member, OwnGroup()), Eq(group));
  trial.Expect(ON(member, getpgrp()), Eq(0));

  trial.Step("Try to signal a group from outside, and be refused");
  trial.Expect(ON(host, SignalOwnGroup(SIGUSR1, outside, outside.group)),
               Fails{EPERM});
  trial.Expect(ON(leader, SignalOwnGroup(SIGUSR1, outside, group)),
               Fails{EPERM});

  trial.Step("Let everybody handle USR1, and the member signal its group");
  for (const Process& process : {host, leader, init, member, witness}) {
    trial.Must(ON(process, Handle(SIGUSR1)));
  }
  trial.Expect(ON(member, SignalOwnGroup(SIGUSR1, outside, group)), Eq(0));
  trial.Expect(ON(leader, TimesHandled()), Eq(1));
  trial.Expect(ON(init, TimesHandled()), Eq(1));
  trial.Expect(ON(member, TimesHandled()), Eq(1));
  trial.Expect(ON(witness, TimesHandled()), Eq(0));

  // In the leader's namespace, PID 2 is the host.
  trial.Step("See from whom it seems to be");
  const Delivery from_two = {SIGUSR1, SI_USER, 2, 0};
  trial.Expect(ON(init, LastHandled()), Eq(from_two));
  trial.Expect(ON(leader, LastHandled()), Eq(from_two));
  trial.Expect(ON(leader, getppid()), Eq(2));
  trial.Expect(ON(host, TimesHandled()), Eq(0));

  trial.Step("Let init and the member leave that group, and do it again");
  trial.Must(ON(init, setpgid(0, 0)));
  trial.Must(ON(member, setpgid(0, 1)));
  const pid_t group_inside = trial.Must(ON(init, OwnGroup()));
  trial.Expect(ON(member, getpgrp()), Eq(1));
  trial.Expect(ON(member, SignalOwnGroup(SIGUSR1, outside, group_inside)),
               Eq(0));
  trial.Expect(ON(init, TimesHandled()), Eq(2));
  trial.Expect(ON(leader, TimesHandled()), Eq(1));
}

}  // namespace
}  // namespace pidlab
