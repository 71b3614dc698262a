#include "benchmarks/groups/paused_child.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "benchmarks/harness/find_privilege.h"
#include "gmock/gmock.h"
#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::SizeIs;

// A child reports that it pauses just before it does, so this waits.
bool FallsAsleep(pid_t pid) {
  const Deadline deadline = Deadline::In(std::chrono::seconds(20));
  while (!(StateOf(pid).value == kSleeping)) {
    if (deadline.Passed()) return false;
    sched_yield();
  }
  return true;
}

Ending KilledAndReaped(pid_t pid) {
  kill(pid, SIGKILL);
  return WaitFor(pid).value;
}

bool HasNoChild() {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL) != 0 &&
         errno == ECHILD;
}

TEST(MakePaused, GivesChildrenThatSleepUntilTheyAreKilled) {
  std::vector<pid_t> pids(10, -1);
  ASSERT_EQ(MakePaused(0, pids).err, 0);
  for (const pid_t pid : pids) {
    EXPECT_TRUE(FallsAsleep(pid)) << pid;
    EXPECT_EQ(PPidOf(pid).value, getpid());
  }
  for (const pid_t pid : pids) {
    EXPECT_EQ(KilledAndReaped(pid), KilledBy(SIGKILL));
  }
  EXPECT_TRUE(HasNoChild());
}

TEST(MakePaused, MakesNoneWhereThereIsNoRoom) {
  EXPECT_EQ(MakePaused(0, {}).err, 0);
  EXPECT_TRUE(HasNoChild());
}

// Calls `run` in a child that may make namespaces; its result is the exit
// status.
template <typename Run>
Ending WhereNamespacesCanBeMade(Privilege privilege, Run run) {
  const pid_t child = fork();
  if (child == 0) {
    if (unshare(static_cast<int>(CloneFlags(privilege))) != 0) {
      _exit(255);
    }
    _exit(run());
  }
  return WaitFor(child).value;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  const std::string number = std::to_string(pid);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  std::vector<pid_t> children;
  for (pid_t child; file >> child;) children.push_back(child);
  return children;
}

// Checks the processes by their PIDs outside and inside.
int CheckNamespaceOf(int processes) {
  const pid_t init = MakePausedNamespace(processes).value;
  const std::vector<pid_t> members = ChildrenOf(init);
  EXPECT_THAT(members, SizeIs(processes - 1));
  EXPECT_TRUE(FallsAsleep(init));
  EXPECT_EQ(NSpidOf(init).value.innermost(), 1);
  for (size_t i = 0; i < members.size(); ++i) {
    EXPECT_TRUE(FallsAsleep(members[i]));
    EXPECT_EQ(NSpidOf(members[i]).value.innermost(), static_cast<pid_t>(i) + 2);
  }
  EXPECT_EQ(KilledAndReaped(init), KilledBy(SIGKILL));
  for (const pid_t member : members) EXPECT_EQ(kill(member, 0), -1);
  EXPECT_TRUE(HasNoChild());
  return ::testing::Test::HasFailure() ? 1 : 0;
}

TEST(MakePausedNamespace, HasSoManyProcesses) {
  const PrivilegeTried tried = FindPrivilege();
  if (!tried.ok()) GTEST_SKIP() << tried.probed;
  for (const int processes : {1, 2, 7}) {
    EXPECT_EQ(WhereNamespacesCanBeMade(
                  tried.privilege, [&] { return CheckNamespaceOf(processes); }),
              Exited(0))
        << processes;
  }
}

// It fails because of the user's limit of processes: 10 are more than 5.
TEST(MakePausedNamespace, LeavesNoneIfItFails) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kUid = 1'061'235;
    const rlimit limit = {5, 5};
    if ((geteuid() == 0 && setresuid(kUid, kUid, kUid) != 0) ||
        setrlimit(RLIMIT_NPROC, &limit) != 0 || unshare(CLONE_NEWUSER) != 0) {
      _exit(77);
    }
    const Sys<pid_t> init = MakePausedNamespace(10);
    _exit(init.err == EAGAIN && HasNoChild() ? 0 : 1);
  }
  const Ending ended = WaitFor(child).value;
  if (ended == Exited(77)) GTEST_SKIP() << "needs a user namespace";
  EXPECT_EQ(ended, Exited(0));
}

}  // namespace
}  // namespace pidlab
