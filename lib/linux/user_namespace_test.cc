#include "lib/linux/user_namespace.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;

TEST(MapRootTo, MakesTheCallerRootOfItsUserNamespace) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  const Sys<Ending> ending = InChild(CLONE_NEWUSER, [uid, gid] {
    if (geteuid() == 0) return 1;
    if (!MapRootTo(uid, gid).ok()) return 2;
    return geteuid() == 0 && getegid() == 0 ? 0 : 3;
  });
  if (!ending.ok()) GTEST_SKIP() << strerrorname_np(ending.err);
  EXPECT_EQ(ending.value, Exited(0));
}

TEST(MapRootTo, SaysWhyNot) {
  // In the initial user namespace, or in one that is mapped, there is nothing
  // left to map.
  EXPECT_THAT(MapRootTo(geteuid(), getegid()).err, AnyOf(EPERM, EACCES));
}

}  // namespace
}  // namespace pidlab
