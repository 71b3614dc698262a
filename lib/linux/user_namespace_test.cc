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
  const Sys<pid_t> child = Clone3(CLONE_NEWUSER);
  if (!child.ok()) GTEST_SKIP() << DescribeErrno(child.err);
  if (child.value == 0) {
    if (geteuid() == 0) _exit(1);
    if (!MapRootTo(uid, gid).ok()) _exit(2);
    _exit(geteuid() == 0 && getegid() == 0 ? 0 : 3);
  }
  EXPECT_EQ(WaitFor(child.value).value, Exited(0));
}

TEST(MapRootTo, SaysWhyNot) {
  // In the initial user namespace, or in one that is mapped, there is nothing
  // left to map.
  EXPECT_THAT(MapRootTo(geteuid(), getegid()).err, AnyOf(EPERM, EACCES));
}

}  // namespace
}  // namespace pidlab
