#include "lib/linux/mounts.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

TEST(Mounts, NothingIsMountedInTheForeignNamespace) {
  const NamespaceId own = OwnMounts().value;
  EXPECT_FALSE(HasOtherMountsThan(own));
  EXPECT_EQ(MakeMountsPrivate(own).err, EPERM);
  EXPECT_EQ(MakeMountsShared(own).err, EPERM);
  EXPECT_EQ(MountProc(own).err, EPERM);
}

// Runs `story` as PID 1 of new PID and mount namespaces. What it returns is its
// exit status.
template <typename Story>
Sys<Ending> InNewNamespaces(Story story) {
  const Sys<Ending> ending = InChild(CLONE_NEWPID | CLONE_NEWNS, story);
  if (ending.err != EPERM) return ending;
  return InChild(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS, story);
}

TEST(Mounts, AProcShowsWhoMountsIt) {
  const NamespaceId foreign = OwnMounts().value;
  const auto ending = InNewNamespaces([foreign] {
    if (!HasOtherMountsThan(foreign)) return 1;
    const Sys<int> mounted = MountProc(foreign);
    if (!mounted.ok()) return mounted.err;
    return ReadLink("/proc/self").value == "1" ? 0 : 3;
  });
  if (!ending.ok()) GTEST_SKIP() << strerrorname_np(ending.err);
  if (ending.value == Exited(EPERM)) GTEST_SKIP() << "proc cannot be mounted";
  EXPECT_EQ(ending.value, Exited(0));
  EXPECT_EQ(ReadLink("/proc/self").value, std::to_string(getpid()));
}

TEST(Mounts, OptionsArePassedOn) {
  const NamespaceId foreign = OwnMounts().value;
  const auto ending = InNewNamespaces([foreign] {
    const Sys<int> mounted = MountProc(foreign, "/proc", "subset=pid");
    if (!mounted.ok()) return mounted.err;
    return access("/proc/meminfo", F_OK) == 0 ? 3 : 0;
  });
  if (!ending.ok()) GTEST_SKIP() << strerrorname_np(ending.err);
  if (ending.value == Exited(EPERM)) GTEST_SKIP() << "proc cannot be mounted";
  EXPECT_EQ(ending.value, Exited(0));
}

}  // namespace
}  // namespace pidlab
