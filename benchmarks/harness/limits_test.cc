#include "benchmarks/harness/limits.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "benchmarks/harness/cpus.h"
#include "benchmarks/harness/find_privilege.h"
#include "gmock/gmock.h"
#include "lib/host/temporary_folder.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;

constexpr int64_t kMiB = 1 << 20;

// Allowances with only a few processes left, because of RLIMIT_NPROC.
Allowances FewProcesses(int64_t left) {
  Allowances few;
  few.processes = {left, "RLIMIT_NPROC", "a higher `ulimit -u`"};
  return few;
}

TEST(ShortOf, IsNothingWhereThereIsEnough) {
  const Amounts needed = {.processes = 10000,
                          .pid_namespaces = 10000,
                          .pid_levels = 32,
                          .memory_bytes = 1024 * kMiB,
                          .mounts = 3000,
                          .cpus = 64};
  EXPECT_FALSE(ShortOf(needed, Allowances()).has_value());
  EXPECT_FALSE(ShortOf({.processes = 17}, FewProcesses(17)).has_value());
  EXPECT_FALSE(ShortOf({}, FewProcesses(0)).has_value());
}

TEST(ShortOf, NamesTheLimitAndWhatItLeaves) {
  const auto shortage = ShortOf({.processes = 10000}, FewProcesses(4096));
  ASSERT_TRUE(shortage.has_value());
  EXPECT_EQ(shortage->needs, "10000 processes");
  EXPECT_EQ(shortage->probed, "RLIMIT_NPROC leaves 4096");
  EXPECT_EQ(shortage->to_run, "a higher `ulimit -u`");
}

TEST(ShortOf, NoticesOneThatIsMissing) {
  EXPECT_TRUE(ShortOf({.processes = 18}, FewProcesses(17)).has_value());
  EXPECT_TRUE(ShortOf({.processes = 1}, FewProcesses(0)).has_value());
}

TEST(ShortOf, KnowsAllOfThem) {
  Allowances left;
  left.pid_namespaces = {1, "a", ""};
  left.pid_levels = {2, "b", ""};
  left.mounts = {3, "c", ""};
  left.cpus = {4, "d", ""};
  const auto needs = [&left](const Amounts& needed) {
    const auto shortage = ShortOf(needed, left);
    return shortage ? shortage->needs + ": " + shortage->probed : "";
  };
  EXPECT_EQ(needs({.pid_namespaces = 11}), "11 PID namespaces: a leaves 1");
  EXPECT_EQ(needs({.pid_levels = 12}),
            "PID namespaces nested 12 deep: b leaves 2");
  EXPECT_EQ(needs({.mounts = 13}), "13 mounts: c leaves 3");
  EXPECT_EQ(needs({.cpus = 14}), "14 CPUs: d leaves 4");
}

TEST(ShortOf, GivesTheFirst) {
  Allowances left = FewProcesses(1);
  left.mounts = {1, "fs.mount-max", ""};
  const auto shortage = ShortOf({.processes = 2, .mounts = 2}, left);
  ASSERT_TRUE(shortage.has_value());
  EXPECT_EQ(shortage->needs, "2 processes");
}

// One byte is missing.
TEST(ShortOf, RoundsMemorySoThatItIsTooLittle) {
  Allowances left;
  left.memory_bytes = {1024 * kMiB - 1, "half of MemAvailable", ""};
  const auto shortage = ShortOf({.memory_bytes = 1024 * kMiB}, left);
  ASSERT_TRUE(shortage.has_value());
  EXPECT_EQ(shortage->needs, "1024 MiB of memory");
  EXPECT_EQ(shortage->probed, "half of MemAvailable leaves 1023 MiB");
  left.memory_bytes.left = 1024 * kMiB;
  const auto by_one = ShortOf({.memory_bytes = 1024 * kMiB + 1}, left);
  ASSERT_TRUE(by_one.has_value());
  EXPECT_EQ(by_one->needs, "1025 MiB of memory");
  EXPECT_EQ(by_one->probed, "half of MemAvailable leaves 1024 MiB");
}

// A folder that is used in the place of /proc, with a cgroup of each version.
class FakeProc : public TemporaryFolder {
 public:
  FakeProc() {
    Write("self/cgroup", "4:memory:/a\n8:pids:/a\n0::/b\n");
    Write("self/mountinfo", MountOf("1", "cgroup cgroup rw,memory") +
                                MountOf("1", "cgroup cgroup rw,pids") +
                                MountOf("2", "cgroup2 cgroup2 rw"));
  }

  Allowances Left() const { return AmountsLeft(path()); }

 private:
  std::string MountOf(const std::string& directory, const char* type) const {
    return "1 1 0:1 / " + (path() / directory).string() + " rw - " + type +
           "\n";
  }
};

void ExpectLeft(const Allowance& allowance, int64_t left,
                const std::string& limit) {
  EXPECT_EQ(allowance.left, left);
  EXPECT_EQ(allowance.limit, limit);
  EXPECT_NE(allowance.to_raise, "");
}

void ExpectNoLimit(const Allowance& allowance) {
  EXPECT_EQ(allowance.left, std::numeric_limits<int64_t>::max());
}

TEST(AmountsLeft, HasNoLimitWhereThereIsNothingToRead) {
  const Allowances left = FakeProc().Left();
  ExpectNoLimit(left.pid_namespaces);
  ExpectNoLimit(left.memory_bytes);
  ExpectNoLimit(left.mounts);
}

// The results are 1000 - 300 - 120, then 500 - 120.
TEST(AmountsLeft, CountsTheThreadsOfTheMachine) {
  const FakeProc proc;
  proc.Write("loadavg", "0.20 0.18 0.12 1/120 11206\n");
  proc.Write("sys/kernel/pid_max", "1000\n");
  ExpectLeft(proc.Left().processes, 580, "kernel.pid_max");
  proc.Write("sys/kernel/threads-max", "500\n");
  ExpectLeft(proc.Left().processes, 380, "kernel.threads-max");
  proc.Write("sys/kernel/pid_max", "400\n");
  ExpectLeft(proc.Left().processes, 0, "kernel.pid_max");
}

TEST(AmountsLeft, KnowsPidsMaxOfEveryCgroup) {
  const FakeProc proc;
  proc.Write("1/a/pids.max", "100\n");
  proc.Write("1/a/pids.current", "7\n");
  ExpectLeft(proc.Left().processes, 93,
             "pids.max of " + proc.path().string() + "/1/a");
  proc.Write("1/pids.max", "80\n");
  proc.Write("1/pids.current", "20\n");
  ExpectLeft(proc.Left().processes, 60,
             "pids.max of " + proc.path().string() + "/1");
  proc.Write("2/b/pids.max", "max\n");
  proc.Write("2/b/pids.current", "90\n");
  ExpectLeft(proc.Left().processes, 60,
             "pids.max of " + proc.path().string() + "/1");
  proc.Write("2/b/pids.max", "120\n");
  ExpectLeft(proc.Left().processes, 30,
             "pids.max of " + proc.path().string() + "/2/b");
}

TEST(AmountsLeft, ReadsTheLimitsOfNamespacesAndMounts) {
  const FakeProc proc;
  proc.Write("sys/user/max_pid_namespaces", "4096\n");
  proc.Write("sys/fs/mount-max", "1000\n");
  const Allowances left = proc.Left();
  ExpectLeft(left.pid_namespaces, 4096, "user.max_pid_namespaces");
  ExpectLeft(left.mounts, 997, "fs.mount-max");  // 3 lines of mountinfo
}

// 2000 kB are 2048000 bytes.
TEST(AmountsLeft, LeavesHalfOfTheMemory) {
  const FakeProc proc;
  proc.Write("meminfo", "MemTotal: 9000 kB\nMemAvailable:    2000 kB\n");
  ExpectLeft(proc.Left().memory_bytes, 1024000, "half of MemAvailable");
}

// Memory that was not used recently can be reclaimed: half of 3000000 - 2000000
// + 500000.
TEST(AmountsLeft, KnowsTheMemoryLimitsOfVersion1) {
  const FakeProc proc;
  proc.Write("1/a/memory.limit_in_bytes", "3000000\n");
  proc.Write("1/a/memory.usage_in_bytes", "2000000\n");
  proc.Write("1/a/memory.stat",
             "inactive_file 1\ntotal_inactive_file 500000\n");
  ExpectLeft(
      proc.Left().memory_bytes, 750000,
      "half of memory.limit_in_bytes of " + proc.path().string() + "/1/a");
  proc.Write("1/a/memory.limit_in_bytes", "9223372036854771712\n");
  proc.Write("meminfo", "MemAvailable: 2000 kB\n");
  ExpectLeft(proc.Left().memory_bytes, 1024000, "half of MemAvailable");
}

TEST(AmountsLeft, KnowsTheMemoryLimitsOfVersion2) {
  const FakeProc proc;
  proc.Write("2/b/memory.max", "3000000\n");
  proc.Write("2/b/memory.current", "2000000\n");
  ExpectLeft(proc.Left().memory_bytes, 500000,
             "half of memory.max of " + proc.path().string() + "/2/b");
  proc.Write("2/b/memory.stat", "anon 5\ninactive_file 500000\n");
  ExpectLeft(proc.Left().memory_bytes, 750000,
             "half of memory.max of " + proc.path().string() + "/2/b");
  proc.Write("2/b/memory.max", "max\n");
  ExpectNoLimit(proc.Left().memory_bytes);
}

// The result of `run` in a child: 0 to 255.
template <typename Run>
int InFork(Run run) {
  const pid_t child = fork();
  if (child == 0) _exit(run());
  const Sys<Ending> ended = WaitFor(child);
  EXPECT_EQ(ended.value.kind, Ending::Kind::kExited) << ended.value;
  return ended.value.number;
}

TEST(AmountsLeft, IsPositiveHere) {
  if (!FindPrivilege().ok())
    GTEST_SKIP() << "no namespaces can be created here";
  const Allowances left = AmountsLeft();
  EXPECT_THAT(left.processes.left, Gt(0));
  EXPECT_THAT(left.pid_namespaces.left, Gt(0));
  EXPECT_THAT(left.pid_levels.left, AllOf(Ge(1), Le(32)));
  EXPECT_THAT(left.memory_bytes.left, Gt(0));
  EXPECT_THAT(left.mounts.left, Gt(0));
  EXPECT_THAT(left.cpus.left, Ge(1));
}

constexpr int kFewProcesses = 40;
constexpr int kNotByProcessLimit = 255;

// What RLIMIT_NPROC leaves when it is lowered to kFewProcesses.
int LeftByProcessLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NPROC, &limit);
  limit.rlim_cur = kFewProcesses;
  if (setrlimit(RLIMIT_NPROC, &limit) != 0) return kNotByProcessLimit;
  const Allowance left = AmountsLeft().processes;
  return left.limit == "RLIMIT_NPROC" ? static_cast<int>(left.left)
                                      : kNotByProcessLimit;
}

// Makes the caller the only process of another user, if there may be one.
bool BecomeUnusedUser() {
  constexpr uid_t kUid = 1'061'234;
  return setresuid(kUid, kUid, kUid) == 0;
}

// A user namespace, such as that of a sandbox, may have no other user.
bool CanBecomeUnusedUser() {
  return InFork([] { return BecomeUnusedUser() ? 1 : 0; }) == 1;
}

TEST(AmountsLeft, NoticesTheProcessLimit) {
  if (CanBecomeUnusedUser()) {
    // All processes but the caller's own are left.
    EXPECT_EQ(InFork([] {
                return BecomeUnusedUser() ? LeftByProcessLimit()
                                          : kNotByProcessLimit;
              }),
              kFewProcesses - 1);
  } else if (geteuid() != 0) {
    EXPECT_THAT(InFork(LeftByProcessLimit), Le(kFewProcesses - 1));
  } else {
    GTEST_SKIP() << "needs another user than uid 0, who may be exempt";
  }
}

TEST(AmountsLeft, CountsTheProcessesOfTheUser) {
  if (!CanBecomeUnusedUser()) GTEST_SKIP() << "needs another user";
  EXPECT_EQ(InFork([] {
              if (!BecomeUnusedUser()) return kNotByProcessLimit;
              // There are two more processes as long as this pipe is open.
              int wire[2];
              if (pipe(wire) != 0) return kNotByProcessLimit;
              for (int i = 0; i < 2; ++i) {
                if (fork() != 0) continue;
                close(wire[1]);
                char byte;
                _exit(static_cast<int>(read(wire[0], &byte, 1)));
              }
              const int left = LeftByProcessLimit();
              close(wire[1]);
              while (wait(nullptr) > 0) {
              }
              return left;
            }),
            kFewProcesses - 3);
}

// The uid 0 of the initial user namespace is exempt; that of another one is
// not.
TEST(AmountsLeft, KnowsWhoIsExempt) {
  std::ifstream map("/proc/self/uid_map");
  int64_t inside = -1;
  int64_t outside = -1;
  int64_t count = 0;
  map >> inside >> outside >> count;
  if (geteuid() != 0 || outside != 0 || count != 4294967295) {
    GTEST_SKIP() << "needs root, outside of user namespaces";
  }
  EXPECT_EQ(InFork(LeftByProcessLimit), kNotByProcessLimit);
}

TEST(AmountsLeft, LeavesTheProcessLimitAsItIs) {
  EXPECT_EQ(InFork([] {
              (void)LeftByProcessLimit();
              rlimit after{};
              getrlimit(RLIMIT_NPROC, &after);
              return static_cast<int>(after.rlim_cur);
            }),
            kFewProcesses);
}

TEST(AmountsLeft, CountsTheLevelsThatAreLeft) {
  const PrivilegeTried tried = FindPrivilege();
  if (!tried.ok()) GTEST_SKIP() << tried.probed;
  const int64_t here = AmountsLeft().pid_levels.left;
  const int below = InFork([&tried] {
    const uint64_t flags = CLONE_NEWPID | CloneFlags(tried.privilege);
    if (unshare(static_cast<int>(flags)) != 0) return kNotByProcessLimit;
    return InFork(
        [] { return static_cast<int>(AmountsLeft().pid_levels.left); });
  });
  EXPECT_EQ(below, here - 1);
}

TEST(AmountsLeft, CountsTheCpusThatAreAllowed) {
  EXPECT_EQ(InFork([] {
              return PinToOneCpu() ? static_cast<int>(AmountsLeft().cpus.left)
                                   : kNotByProcessLimit;
            }),
            1);
}

}  // namespace
}  // namespace pidlab
