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

// What only one of the two reports says is not believed.
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
  const auto look = [outside] {
    // Its own child is two levels below.
    const Sys<Ending> grandchild = InChild(
        CLONE_NEWPID, [outside] { return IsOneLevelBelow(outside) ? 1 : 0; });
    return grandchild.ok() && grandchild.value == Exited(0) &&
                   IsOneLevelBelow(outside)
               ? 0
               : 1;
  };
  Sys<Ending> ending = InChild(CLONE_NEWPID, look);
  if (ending.err == EPERM) ending = InChild(CLONE_NEWUSER | CLONE_NEWPID, look);
  if (!ending.ok()) GTEST_SKIP() << strerrorname_np(ending.err);
  EXPECT_EQ(ending.value, Exited(0));
}

}  // namespace
}  // namespace pidlab
