// Every step of a record has the processes that were there when it was done.

#include "lib/trial/snapshot.h"

#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/linux/ending.h"
#include "lib/linux/procfs.h"
#include "lib/trial/experiment.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::SizeIs;

// The process of this name; null if the step has none.
const SeenProcess* Seen(const Step& step, const std::string& name) {
  for (const SeenProcess& process : step.processes) {
    if (process.name == name) return &process;
  }
  return nullptr;
}

void Act(Trial& trial) {
  const Process host = trial.Host();
  trial.Step("Make two");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process orphan = member.Clone("orphan");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Step("Let one end, and stop one");
  const pid_t orphan_pid = orphan.PidIn(host);
  member.Exit(0);
  member.AwaitDeath();
  const pid_t orphan_inside = orphan.PidIn(init);
  trial.Expect(ON(host, kill(orphan_pid, SIGSTOP)), Eq(0));
  trial.Expect(ON(init, WaitForStop(orphan_inside)), Eq(Signal{SIGSTOP}));
  trial.Step("Reap one");
  trial.Expect(init.Reap(member), Eq(Exited(0)));
  trial.Step("Make another namespace instead");
  trial.Expect(ON(host, kill(-orphan_pid, 0)), Fails{ESRCH});
  init.Exit(0);
  trial.Expect(host.Reap(init), Eq(Exited(0)));
  (void)host.Clone("second", CLONE_NEWPID);
}

TEST(Snapshot, HasTheProcessesAfterEachStep) {
  const Record record = RunExperiment({"Snapshot", "", 0, {}, Act}, {});
  if (record.verdict == Verdict::kSkip) GTEST_SKIP() << record.skip->probed;
  ASSERT_EQ(record.verdict, Verdict::kPass) << record.reason;
  ASSERT_THAT(record.steps, SizeIs(4));

  const Step& made = record.steps[0];
  ASSERT_THAT(made.processes, SizeIs(4));
  const SeenProcess& init = *Seen(made, "init");
  EXPECT_EQ(init.pids, (std::vector<PidInNamespace>{{0, 3}, {1, 1}}));
  EXPECT_EQ(init.init_of(), 1);
  EXPECT_EQ(made.processes[static_cast<size_t>(init.parent)].name, "host");
  EXPECT_EQ(Seen(made, "member")->init_of(), -1);
  EXPECT_EQ(Seen(made, "host")->parent, -1);

  const Step& ended = record.steps[1];
  EXPECT_EQ(Seen(ended, "member")->state, kZombie);
  EXPECT_EQ(Seen(ended, "orphan")->state, kStopped);
  EXPECT_EQ(
      ended.processes[static_cast<size_t>(Seen(ended, "orphan")->parent)].name,
      "init");

  EXPECT_EQ(Seen(record.steps[2], "member"), nullptr);

  // A dead namespace keeps its number, whatever the kernel calls the next one.
  const Step& second = record.steps[3];
  ASSERT_THAT(second.processes, SizeIs(2));
  EXPECT_EQ(Seen(second, "second")->init_of(), 2);
}

}  // namespace
}  // namespace pidlab
