#include "benchmarks/harness/cpu_time.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>
#include <string_view>

#include "benchmarks/harness/cpus.h"
#include "gmock/gmock.h"
#include "lib/host/temporary_folder.h"
#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::DoubleEq;
using ::testing::Ge;
using ::testing::Le;

// The columns are user, nice, system, idle, iowait, irq, softirq, steal, guest
// and guest_nice.
constexpr std::string_view kStat =
    "cpu  110 22 330 4400 55 6 7 80 90 1\n"
    "cpu0 100 20 300 4000 50 6 7 8 90 1\n"
    "cpu1 10 2 30 400 5 0 0 72 0 0\n"
    "cpu21 1 1 1 1 1 1 1 1 0 0\n"
    "intr 4711 0 0\nctxt 9\n";

void ExpectCpuTime(const CpuTime& time, int64_t all, int64_t busy,
                   int64_t stolen) {
  EXPECT_EQ(time.all, all);
  EXPECT_EQ(time.busy, busy);
  EXPECT_EQ(time.stolen, stolen);
}

// The sums were computed by hand.
TEST(ReadCpuTime, AddsUpTheColumns) {
  const TemporaryFolder proc;  // used in the place of /proc
  proc.Write("stat", kStat);
  ExpectCpuTime(ReadCpuTime(std::nullopt, proc.path()), 5010, 475, 80);
  ExpectCpuTime(ReadCpuTime(0, proc.path()), 4491, 433, 8);
  ExpectCpuTime(ReadCpuTime(1, proc.path()), 519, 42, 72);
  ExpectCpuTime(ReadCpuTime(21, proc.path()), 8, 5, 1);
}

TEST(ReadCpuTime, IsNoneWhereThereIsNothingToRead) {
  const TemporaryFolder proc;  // used in the place of /proc
  ExpectCpuTime(ReadCpuTime(std::nullopt, proc.path()), 0, 0, 0);
  proc.Write("stat", kStat);
  ExpectCpuTime(ReadCpuTime(2, proc.path()), 0, 0, 0);
  proc.Write("stat", "cpu0 1 2 3 4\n");
  ExpectCpuTime(ReadCpuTime(0, proc.path()), 0, 0, 0);
}

void ExpectShares(const CpuShares& shares, double others, double stolen) {
  EXPECT_THAT(shares.others, DoubleEq(others));
  EXPECT_THAT(shares.stolen, DoubleEq(stolen));
}

TEST(SharesOf, IsWhatTheCallerDidNotTake) {
  const CpuTime before = {1000, 500, 50, 10};
  ExpectShares(SharesOf(before, {1200, 650, 60, 60}), 0.5, 0.05);
  ExpectShares(SharesOf(before, {1200, 650, 50, 160}), 0, 0);
  ExpectShares(SharesOf(before, {1200, 700, 50, 10}), 1, 0);
}

// Ticks are coarser than the CPU time of a process, and the kernel may decrease
// its idle time.
TEST(SharesOf, StaysBetweenNoneAndAll) {
  const CpuTime before = {1000, 500, 50, 10};
  ExpectShares(SharesOf(before, {1200, 650, 40, 161}), 0, 0);
  ExpectShares(SharesOf(before, {1200, 701, 251, 10}), 1, 1);
}

TEST(SharesOf, IsNoneOfNoTime) {
  const CpuTime before = {1000, 500, 50, 10};
  ExpectShares(SharesOf(before, before), 0, 0);
  ExpectShares(SharesOf(before, {900, 600, 60, 10}), 0, 0);
  ExpectShares(SharesOf(before, {}), 0, 0);
}

// Keeps the caller on its current CPU, and gives it its other CPUs back at the
// end.
class PinnedHere {
 public:
  PinnedHere() : cpu_(sched_getcpu()) {
    sched_getaffinity(0, sizeof(before_), &before_);
    EXPECT_TRUE(PinTo(0, cpu_).ok());
  }
  ~PinnedHere() { sched_setaffinity(0, sizeof(before_), &before_); }
  PinnedHere(const PinnedHere&) = delete;
  PinnedHere& operator=(const PinnedHere&) = delete;

  int cpu() const { return cpu_; }

 private:
  int cpu_;
  cpu_set_t before_;
};

// CPU seconds of the caller.
double OwnSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) / 1e9;
}

// Uses this much CPU time, half of it by computing, half of it in system calls.
void UseCpuTime(double seconds) {
  const double begin = OwnSeconds();
  while (OwnSeconds() < begin + seconds / 2) {
    [[maybe_unused]] volatile int result;
    for (int i = 0; i < 100'000; ++i) result = i;
  }
  while (OwnSeconds() < begin + seconds) {
  }
}

// A child that uses all of the CPU time that it can get, until it is killed.
class BusyChild {
 public:
  BusyChild() : pid_(fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    UseCpuTime(60);
    _exit(0);
  }
  ~BusyChild() {
    kill(pid_, SIGKILL);
    (void)WaitFor(pid_);
  }
  BusyChild(const BusyChild&) = delete;
  BusyChild& operator=(const BusyChild&) = delete;

 private:
  pid_t pid_;
};

int64_t OwnTicks() { return ReadCpuTime(std::nullopt).own; }

// Each of the four times that are added up is rounded down to whole ticks.
TEST(ReadCpuTime, CountsTheCallerAndItsReapedChildren) {
  const double tenth = 0.1 * static_cast<double>(sysconf(_SC_CLK_TCK));
  const int64_t before = OwnTicks();
  UseCpuTime(0.1);
  const int64_t burnt = OwnTicks();
  EXPECT_THAT(burnt - before, AllOf(Ge(0.7 * tenth), Le(2 * tenth)));

  const pid_t child = fork();
  if (child == 0) {
    UseCpuTime(0.2);
    _exit(0);
  }
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_THAT(OwnTicks() - burnt, Le(0.5 * tenth));
  (void)WaitFor(child);
  EXPECT_THAT(OwnTicks() - burnt, AllOf(Ge(1.6 * tenth), Le(3 * tenth)));
}

TEST(SharesOf, SeesThatTheCpuIsShared) {
  const PinnedHere pinned;
  const CpuTime before = ReadCpuTime(pinned.cpu());
  if (before.all == 0) GTEST_SKIP() << "/proc/stat does not know this CPU";
  const BusyChild busy;
  const Deadline deadline = Deadline::In(std::chrono::seconds(20));
  while (ReadCpuTime(pinned.cpu()).all < before.all + 40) {
    ASSERT_FALSE(deadline.Passed());
  }
  const CpuShares shares = SharesOf(before, ReadCpuTime(pinned.cpu()));
  EXPECT_GT(shares.others, 0.1);
  EXPECT_LE(shares.others, 1);
}

// The caller keeps its CPU busy, but that is not the time of others.
TEST(SharesOf, DoesNotTakeTheCallerForAnother) {
  const PinnedHere pinned;
  const CpuTime before = ReadCpuTime(pinned.cpu());
  if (before.all == 0) GTEST_SKIP() << "/proc/stat does not know this CPU";
  UseCpuTime(0.4);
  const CpuTime after = ReadCpuTime(pinned.cpu());
  const auto own = static_cast<double>(after.own - before.own);
  const auto all = static_cast<double>(after.all - before.all);
  EXPECT_LE(SharesOf(before, after).others, 1 - own / all + 0.1);
}

}  // namespace
}  // namespace pidlab
