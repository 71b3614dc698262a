#include "lib/linux/place.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

TEST(Place, IsWhatProcSays) {
  const Sys<Place> place = OwnPlace();
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place.value.pid_namespace,
            ReadNamespace("/proc/self/ns/pid").value);
  EXPECT_EQ(place.value.level, OwnStatus().value.ns_pid.size());
}

TEST(Place, NobodyIsBelowItself) {
  EXPECT_FALSE(IsOneLevelBelow(OwnPlace().value));
}

TEST(Place, WithoutAPlaceThereIsNothingBelow) {
  EXPECT_FALSE(IsOneLevelBelow(Place()));
}

// What only one account says is not believed.
TEST(Place, BothAccountsCount) {
  Place wrong_level = OwnPlace().value;
  ++wrong_level.pid_namespace.inode;
  EXPECT_FALSE(IsOneLevelBelow(wrong_level));
  Place wrong_namespace = OwnPlace().value;
  --wrong_namespace.level;
  EXPECT_FALSE(IsOneLevelBelow(wrong_namespace));
}

TEST(Place, AChildInANewNamespaceIsOneLevelBelow) {
  const Place outside = OwnPlace().value;
  Sys<pid_t> child = Clone3(CLONE_NEWPID);
  if (child.err == EPERM) child = Clone3(CLONE_NEWUSER | CLONE_NEWPID);
  if (!child.ok()) GTEST_SKIP() << DescribeErrno(child.err);
  if (child.value == 0) {
    // Its own child is two levels below.
    const Sys<pid_t> grandchild = Clone3(CLONE_NEWPID);
    if (grandchild.ok() && grandchild.value == 0) {
      _exit(IsOneLevelBelow(outside) ? 1 : 0);
    }
    const bool told =
        grandchild.ok() && WaitFor(grandchild.value).value == Exited(0);
    _exit(told && IsOneLevelBelow(outside) ? 0 : 1);
  }
  EXPECT_EQ(WaitFor(child.value).value, Exited(0));
}

}  // namespace
}  // namespace pidlab
