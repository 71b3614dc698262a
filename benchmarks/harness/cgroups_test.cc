#include "benchmarks/harness/cgroups.h"

#include <string>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kVersion1Mounts =
    "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
    "32 31 0:29 / /cg/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /cg/memory rw shared:10 master:1 - cgroup cgroup rw,memory\n"
    "39 31 0:36 / /cg/pids rw,relatime - cgroup cgroup rw,pids\n";
constexpr const char* kVersion2Mount =
    "41 31 0:38 / /cg/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST(CgroupDirectories, GoOutwards) {
  EXPECT_THAT(
      CgroupDirectories("0::/user.slice/me.scope\n", kVersion2Mount, "pids"),
      ElementsAre("/cg/unified/user.slice/me.scope", "/cg/unified/user.slice",
                  "/cg/unified"));
  EXPECT_THAT(CgroupDirectories("0::/\n", kVersion2Mount, "pids"),
              ElementsAre("/cg/unified"));
}

TEST(CgroupDirectories, AreThoseOfTheController) {
  constexpr const char* kCgroup =
      "9:pids:/a\n4:memory:/b/c\n3:cpuset:/f\n2:cpu,cpuacct:/d\n"
      "1:name=systemd:/e\n";
  EXPECT_THAT(CgroupDirectories(kCgroup, kVersion1Mounts, "pids"),
              ElementsAre("/cg/pids/a", "/cg/pids"));
  EXPECT_THAT(CgroupDirectories(kCgroup, kVersion1Mounts, "memory"),
              ElementsAre("/cg/memory/b/c", "/cg/memory/b", "/cg/memory"));
  EXPECT_THAT(CgroupDirectories(kCgroup, kVersion1Mounts, "cpuacct"),
              ElementsAre("/cg/cpu,cpuacct/d", "/cg/cpu,cpuacct"));
  EXPECT_THAT(CgroupDirectories(kCgroup, kVersion1Mounts, "cpu"),
              ElementsAre("/cg/cpu,cpuacct/d", "/cg/cpu,cpuacct"));
  EXPECT_THAT(CgroupDirectories(kCgroup, kVersion1Mounts, "cpuset"), IsEmpty());
}

// Some controllers use one version, the others use the other one.
TEST(CgroupDirectories, AreThoseOfBothVersions) {
  EXPECT_THAT(CgroupDirectories("4:memory:/a\n0::/b:c\n",
                                std::string(kVersion1Mounts) + kVersion2Mount,
                                "memory"),
              ElementsAre("/cg/memory/a", "/cg/memory", "/cg/unified/b:c",
                          "/cg/unified"));
}

// A container that sees the cgroups of its host is like this: its own cgroup is
// the root of what is mounted.
TEST(CgroupDirectories, BeginWhereTheMountDoes) {
  constexpr const char* kMount =
      "35 31 0:32 /docker/4711 /cg/memory ro - cgroup cgroup rw,memory\n";
  const auto directories = [](const char* cgroup) {
    return CgroupDirectories(cgroup, kMount, "memory");
  };
  EXPECT_THAT(directories("4:memory:/docker/4711/x\n"),
              ElementsAre("/cg/memory/x", "/cg/memory"));
  EXPECT_THAT(directories("4:memory:/docker/4711\n"),
              ElementsAre("/cg/memory"));
  EXPECT_THAT(directories("4:memory:/docker/47110\n"), IsEmpty());
  EXPECT_THAT(directories("4:memory:/../other\n"), IsEmpty());
}

TEST(CgroupDirectories, AreNoneOfWhatIsNotMounted) {
  EXPECT_THAT(CgroupDirectories("4:memory:/a\n0::/\n", "", "memory"),
              IsEmpty());
  EXPECT_THAT(CgroupDirectories("", kVersion1Mounts, "memory"), IsEmpty());
  EXPECT_THAT(
      CgroupDirectories("no line\n4:memory\n", "nor this - one\n", "memory"),
      IsEmpty());
}

}  // namespace
}  // namespace pidlab
