// Tries the points on programs whose faults are known: each program loses
// exactly the points that it should.

#include "tool/grade/grade.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <set>

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

bool Installed(const std::string& program) {
  return access(program.c_str(), X_OK) == 0;
}

// The points that the program loses. A test that could not be carried out is
// skipped.
class Grade : public ::testing::Test {
 protected:
  Names LostBy(const std::vector<std::string>& program) {
    Names lost;
    for (const Point& point : PointsFor(program)) {
      const Record record = RunExperiment(point.experiment, {});
      if (record.verdict == Verdict::kSkip) skipped_ = record.skip->probed;
      EXPECT_NE(record.verdict, Verdict::kError) << record.reason;
      if (record.verdict != Verdict::kPass) lost.push_back(record.experiment);
      if (record.verdict != Verdict::kPass && lost.size() == 1 &&
          record.experiment == "runs_the_command") {
        break;
      }
    }
    return lost;
  }

  std::string skipped_;
};

#define EXPECT_LOST(program, matcher)                \
  do {                                               \
    const Names lost = LostBy program;               \
    if (!skipped_.empty()) GTEST_SKIP() << skipped_; \
    EXPECT_THAT(lost, matcher);                      \
  } while (false)

TEST_F(Grade, UnshareWithAllOptionsKeepsEveryPromise) {
  EXPECT_LOST(({"/usr/bin/unshare", "-pf", "--mount-proc", "--kill-child"}),
              IsEmpty());
}

TEST_F(Grade, UnshareWithoutKillChildLeavesTheNamespaceBehind) {
  EXPECT_LOST(({"/usr/bin/unshare", "-pf", "--mount-proc"}),
              ElementsAre("leaves_nothing_behind"));
}

TEST_F(Grade, UnshareWithoutMountProcShowsTheOldOne) {
  EXPECT_LOST(({"/usr/bin/unshare", "-pf", "--kill-child"}),
              ElementsAre("has_its_own_proc"));
}

TEST_F(Grade, UnshareWithoutPidMakesNoPidOne) {
  EXPECT_LOST(({"/usr/bin/unshare", "-f", "--mount-proc", "--kill-child"}),
              ElementsAre("is_pid_one", "has_no_parent"));
}

TEST_F(Grade, SharedMountsReachTheCaller) {
  EXPECT_LOST(({"/usr/bin/unshare", "-pfm", "--propagation", "unchanged",
                "--kill-child", "sh", "-c",
                "mount -t proc proc /proc && exec \"$@\"", "sh"}),
              ElementsAre("leaves_the_callers_proc_alone"));
}

TEST_F(Grade, AWrapperThatForgetsTheStatusIsNoticed) {
  EXPECT_LOST(
      ({"/bin/sh", "-c",
        "exec 3<&0; unshare -pf --mount-proc --kill-child \"$@\" <&3 & "
        "trap 'kill -9 $!' TERM; wait $!; exit 0",
        "sh"}),
      ElementsAre("passes_the_status_on", "says_that_there_is_no_command",
                  "leaves_nothing_behind"));
}

TEST_F(Grade, AProgramThatRunsNothingIsNoticed) {
  EXPECT_LOST(({"/bin/true"}), ElementsAre("runs_the_command"));
}

// bubblewrap runs its own init as PID 1, unless it is told otherwise.
TEST_F(Grade, BubblewrapIsPidOneItself) {
  if (!Installed("/usr/bin/bwrap")) GTEST_SKIP() << "no bubblewrap";
  EXPECT_LOST(({"/usr/bin/bwrap", "--dev-bind", "/", "/", "--proc", "/proc",
                "--unshare-pid", "--die-with-parent"}),
              ElementsAre("is_pid_one", "has_no_parent"));
}

TEST_F(Grade, BubblewrapCanLetTheCommandBePidOne) {
  if (!Installed("/usr/bin/bwrap")) GTEST_SKIP() << "no bubblewrap";
  EXPECT_LOST(({"/usr/bin/bwrap", "--dev-bind", "/", "/", "--proc", "/proc",
                "--unshare-pid", "--as-pid-1", "--die-with-parent"}),
              IsEmpty());
}

TEST_F(Grade, BubblewrapOutlivesItsCallerIfItIsNotToldToDie) {
  if (!Installed("/usr/bin/bwrap")) GTEST_SKIP() << "no bubblewrap";
  EXPECT_LOST(({"/usr/bin/bwrap", "--dev-bind", "/", "/", "--proc", "/proc",
                "--unshare-pid", "--as-pid-1"}),
              ElementsAre("leaves_nothing_behind"));
}

// The programs of lab 28: the build sets START and SOLUTION to their paths.
std::string ProgramPath(const char* variable) {
  return std::filesystem::absolute(getenv(variable));
}

TEST_F(Grade, TheStartHasTheFaultsThatTheStudentMends) {
  EXPECT_LOST(
      ({ProgramPath("START")}),
      ElementsAre("leaves_the_callers_proc_alone", "passes_the_status_on",
                  "says_that_there_is_no_command", "leaves_nothing_behind"));
}

TEST_F(Grade, TheSolutionKeepsEveryPromise) {
  EXPECT_LOST(({ProgramPath("SOLUTION")}), IsEmpty());
}

}  // namespace
}  // namespace pidlab
