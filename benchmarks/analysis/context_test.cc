#include "benchmarks/analysis/context.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "lib/host/temporary_folder.h"
#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::MatchesRegex;

// A folder that says what /proc would.
using FakeProc = TemporaryFolder;

// More than one page.
std::string Lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines +=
        "7f3bde622000-7f3bde648000 r--p 00000000 fe:00 1054    /lib/a.so\n";
  }
  return lines;
}

TEST(ReadContext, GivesWhatProcSays) {
  const FakeProc proc;
  proc.Write("cpuinfo",
             "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC: 9R14\n"
             "stepping\t: 1\n\nprocessor\t: 1\nmodel name\t: another\n");
  proc.Write(
      "meminfo",
      "MemTotalX:     1 kB\nMemTotal:       16301552 kB\nMemFree: 2 kB\n");
  proc.Write("loadavg", "1.25 0.56 1.26 1/120 10922\n");
  proc.Write("cmdline", "console=ttyS0 pidlab.vm rdinit=/usr/bin/pidlab\n");
  proc.Write("sys/kernel/pid_max", "4194304\n");
  proc.Write("sys/user/max_pid_namespaces", "96365\n");
  proc.Write("self/status",
             "Name:\tThreads: 9\nState:\tR (running)\nPid:\t10923\nPPid:\t1\n"
             "NSpid:\t10923\t4\t1\nVmHWM:\t    9999 kB\nVmRSS:\t    1760 kB\n"
             "Threads:\t3\n");
  proc.Write("self/mountinfo", Lines(19));
  proc.Write("self/maps", Lines(100));
  for (const char* fd : {"0", "1", "2", "100000"}) {
    proc.Write(std::string("self/fd/") + fd, "");
  }

  const Context context = ReadContext(proc.path());
  EXPECT_EQ(context.cpu_model, "AMD EPYC: 9R14");
  EXPECT_TRUE(context.in_pidlab_vm);
  EXPECT_EQ(context.memory_bytes, 16'692'789'248);  // 16301552 * 1024
  EXPECT_EQ(context.load_at_begin, 1.25);
  EXPECT_EQ(context.limit_pid_max, 4194304);
  EXPECT_EQ(context.limit_pid_namespaces, 96365);
  EXPECT_EQ(context.pid_level, 2);
  EXPECT_EQ(context.rss_bytes, 1'802'240);  // 1760 * 1024
  EXPECT_EQ(context.threads, 3);
  EXPECT_EQ(context.mounts, 19);
  EXPECT_EQ(context.vmas, 100);
  EXPECT_EQ(context.descriptors, 4);
}

TEST(ReadContext, LeavesOutWhatCannotBeRead) {
  const FakeProc proc;
  const Context context = ReadContext(proc.path());
  EXPECT_EQ(context.cpu_model, "");
  EXPECT_FALSE(context.in_pidlab_vm);
  EXPECT_EQ(context.memory_bytes, 0);
  EXPECT_EQ(context.load_at_begin, 0);
  EXPECT_EQ(context.limit_pid_max, -1);
  EXPECT_EQ(context.limit_pid_namespaces, -1);
  EXPECT_EQ(context.pid_level, -1);
  EXPECT_EQ(context.rss_bytes, 0);
  EXPECT_EQ(context.threads, 0);
  EXPECT_EQ(context.mounts, 0);
  EXPECT_EQ(context.vmas, 0);
  EXPECT_EQ(context.descriptors, 0);
}

TEST(ReadContext, LeavesOutWhatIsNoNumber) {
  const FakeProc proc;
  proc.Write("meminfo", "MemTotal:\n");
  proc.Write("loadavg", "none\n");
  proc.Write("sys/kernel/pid_max", "");
  const Context context = ReadContext(proc.path());
  EXPECT_EQ(context.memory_bytes, 0);
  EXPECT_EQ(context.load_at_begin, 0);
  EXPECT_EQ(context.limit_pid_max, -1);
}

TEST(ReadContext, SaysWhatTheSystemCallsSay) {
  const Context context = ReadContext();
  utsname name{};
  uname(&name);
  EXPECT_EQ(context.kernel, name.release);
  EXPECT_EQ(context.machine, name.machine);
  EXPECT_EQ(context.cpus_online, get_nprocs());
  EXPECT_EQ(context.page_bytes, getpagesize());
  EXPECT_EQ(context.threads, 1);
  EXPECT_THAT(context.began,
              MatchesRegex("20..-[01].-[0-3].T[0-2].:[0-5].:[0-6].Z"));
  tm began{};
  ASSERT_NE(strptime(context.began.c_str(), "%Y-%m-%dT%H:%M:%SZ", &began),
            nullptr);
  EXPECT_NEAR(timegm(&began), time(nullptr), 60);
}

// A container may have a /proc/meminfo of its own.
TEST(ReadContext, KnowsTheMemory) {
  struct sysinfo info {};
  sysinfo(&info);
  const auto total = static_cast<int64_t>(info.totalram * info.mem_unit);
  const Context context = ReadContext();
  EXPECT_THAT(context.memory_bytes, AllOf(Gt(0), Le(total)));
  EXPECT_THAT(context.rss_bytes, AllOf(Gt(0), Le(context.memory_bytes)));
}

TEST(ReadContext, CountsOpenDescriptors) {
  const int64_t before = ReadContext().descriptors;
  const Fd one(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd two(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(ReadContext().descriptors, before + 2);
  int64_t open_ones = 0;
  for (int fd = 0; fd < sysconf(_SC_OPEN_MAX); ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) ++open_ones;
  }
  EXPECT_EQ(ReadContext().descriptors, open_ones);
}

class SoftProcessLimit {
 public:
  explicit SoftProcessLimit(rlim_t limit) {
    getrlimit(RLIMIT_NPROC, &before_);
    const rlimit changed = {limit, std::max(limit, before_.rlim_max)};
    set_ = setrlimit(RLIMIT_NPROC, &changed) == 0;
  }
  ~SoftProcessLimit() { setrlimit(RLIMIT_NPROC, &before_); }
  SoftProcessLimit(const SoftProcessLimit&) = delete;
  SoftProcessLimit& operator=(const SoftProcessLimit&) = delete;

  bool set() const { return set_; }

 private:
  rlimit before_{};
  bool set_;
};

TEST(ReadContext, KnowsTheLimitOfProcesses) {
  const SoftProcessLimit limit(17);
  ASSERT_TRUE(limit.set());
  EXPECT_EQ(ReadContext().limit_processes, 17);
}

TEST(ReadContext, SaysThatProcessesAreNotLimited) {
  const SoftProcessLimit limit(RLIM_INFINITY);
  if (!limit.set()) GTEST_SKIP() << "needs CAP_SYS_RESOURCE, to raise a limit";
  EXPECT_EQ(ReadContext().limit_processes, -1);
}

#if defined(__x86_64__) || defined(__i386__)
TEST(ReadContext, KnowsAHypervisorWhereTheKernelKnowsOne) {
  std::ifstream file("/proc/cpuinfo");
  bool known = false;
  for (std::string word; file >> word;) known = known || word == "hypervisor";
  EXPECT_EQ(!ReadContext().hypervisor.empty(), known)
      << ReadContext().hypervisor;
}
#endif

TEST(ReadContext, KnowsHowItWasBuilt) {
#ifdef __OPTIMIZE__
  EXPECT_EQ(ReadContext().build, "optimised");
#else
  EXPECT_EQ(ReadContext().build, "not optimised");
#endif
#if defined(__SANITIZE_ADDRESS__)
  EXPECT_EQ(ReadContext().sanitizer, "address");
#elif defined(__SANITIZE_THREAD__)
  EXPECT_EQ(ReadContext().sanitizer, "thread");
#elif !defined(__clang__)
  EXPECT_EQ(ReadContext().sanitizer, "");
#endif
}

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

// The sums were made by hand.
TEST(ReadCpuTime, AddsUpTheColumns) {
  const FakeProc proc;
  proc.Write("stat", kStat);
  ExpectCpuTime(ReadCpuTime(-1, proc.path()), 5010, 475, 80);
  ExpectCpuTime(ReadCpuTime(0, proc.path()), 4491, 433, 8);
  ExpectCpuTime(ReadCpuTime(1, proc.path()), 519, 42, 72);
  ExpectCpuTime(ReadCpuTime(21, proc.path()), 8, 5, 1);
}

TEST(ReadCpuTime, IsNoneWhereThereIsNothingToRead) {
  const FakeProc proc;
  ExpectCpuTime(ReadCpuTime(-1, proc.path()), 0, 0, 0);
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
  const CpuTime before = {1000, 500, 50};
  ExpectShares(SharesOf(before, {1200, 650, 60}, 50), 0.5, 0.05);
  ExpectShares(SharesOf(before, {1200, 650, 50}, 150), 0, 0);
  ExpectShares(SharesOf(before, {1200, 700, 50}, 0), 1, 0);
}

// Ticks are counted more coarsely than what a process has used, and the kernel
// may set its idle time back.
TEST(SharesOf, StaysBetweenNoneAndAll) {
  const CpuTime before = {1000, 500, 50};
  ExpectShares(SharesOf(before, {1200, 650, 40}, 151), 0, 0);
  ExpectShares(SharesOf(before, {1200, 701, 251}, 0), 1, 1);
}

TEST(SharesOf, IsNoneOfNoTime) {
  const CpuTime before = {1000, 500, 50};
  ExpectShares(SharesOf(before, before, 0), 0, 0);
  ExpectShares(SharesOf(before, {900, 600, 60}, 0), 0, 0);
  ExpectShares(SharesOf(before, {}, 0), 0, 0);
}

TEST(CloseContext, LooksAtThePinnedCpuOrAtAll) {
  const FakeProc proc;
  proc.Write("stat", kStat);
  proc.Write("loadavg", "2.50 0.56 1.26 1/120 10922\n");
  Context context;
  context.load_at_begin = 1;
  context.seconds = 3;
  context.pinned_cpu = 1;
  // Of 100 ticks, 30 were spent and 20 stolen.
  CloseContext(context, {419, 12, 52}, ReadOwnTicks(), proc.path());
  EXPECT_THAT(context.others_share, DoubleNear(0.3, 0.02));
  EXPECT_THAT(context.steal_share, DoubleEq(0.2));
  EXPECT_EQ(context.load_at_end, 2.5);
  EXPECT_EQ(context.load_at_begin, 1);
  EXPECT_EQ(context.seconds, 3);

  // Of 1000 ticks, 250 were spent, 50 by the caller, and 60 stolen.
  context.pinned_cpu = -1;
  CloseContext(context, {4010, 225, 20}, ReadOwnTicks() - 50, proc.path());
  EXPECT_THAT(context.others_share, DoubleNear(0.2, 0.02));
  EXPECT_THAT(context.steal_share, DoubleEq(0.06));
}

// The caller stays on the CPU on which it is, and gets its others back.
class PinnedHere {
 public:
  PinnedHere() : cpu_(sched_getcpu()) {
    sched_getaffinity(0, sizeof(before_), &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(cpu_), &one);
    EXPECT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
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

// Half of it by computing, half of it in system calls.
void Burn(double seconds) {
  const double begin = OwnSeconds();
  while (OwnSeconds() < begin + seconds / 2) {
    [[maybe_unused]] volatile int result;
    for (int i = 0; i < 100'000; ++i) result = i;
  }
  while (OwnSeconds() < begin + seconds) {
  }
}

// A child that takes all of the CPU that it can get, until it is ended.
class BusyChild {
 public:
  BusyChild() : pid_(fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Burn(60);
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

TEST(ReadContext, CountsTheCpusThatAreAllowed) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  EXPECT_EQ(ReadContext().cpus_allowed, CPU_COUNT(&allowed));
  const PinnedHere pinned;
  EXPECT_EQ(ReadContext().cpus_allowed, 1);
}

// Each of the four times that are added up is cut to whole ticks.
TEST(ReadOwnTicks, CountsTheCallerAndItsReapedChildren) {
  const double tenth = 0.1 * static_cast<double>(sysconf(_SC_CLK_TCK));
  const int64_t before = ReadOwnTicks();
  Burn(0.1);
  const int64_t burnt = ReadOwnTicks();
  EXPECT_THAT(burnt - before, AllOf(Ge(0.7 * tenth), Le(2 * tenth)));

  const pid_t child = fork();
  if (child == 0) {
    Burn(0.2);
    _exit(0);
  }
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_THAT(ReadOwnTicks() - burnt, Le(0.5 * tenth));
  (void)WaitFor(child);
  EXPECT_THAT(ReadOwnTicks() - burnt, AllOf(Ge(1.6 * tenth), Le(3 * tenth)));
}

TEST(CloseContext, SeesWhoShares) {
  const PinnedHere pinned;
  Context context;
  context.pinned_cpu = pinned.cpu();
  const CpuTime before = ReadCpuTime(pinned.cpu());
  if (before.all == 0) GTEST_SKIP() << "/proc/stat does not know this CPU";
  const int64_t own_before = ReadOwnTicks();
  const BusyChild busy;
  const Deadline deadline = Deadline::In(std::chrono::seconds(20));
  while (ReadCpuTime(pinned.cpu()).all < before.all + 40) {
    ASSERT_FALSE(deadline.Passed());
  }
  CloseContext(context, before, own_before);
  EXPECT_GT(context.others_share, 0.1);
  EXPECT_LE(context.others_share, 1);
}

// What is its own is not that of others, however busy its CPU is.
TEST(CloseContext, DoesNotTakeItselfForAnother) {
  const PinnedHere pinned;
  Context context;
  context.pinned_cpu = pinned.cpu();
  const CpuTime before = ReadCpuTime(pinned.cpu());
  if (before.all == 0) GTEST_SKIP() << "/proc/stat does not know this CPU";
  const int64_t own_before = ReadOwnTicks();
  Burn(0.4);
  CloseContext(context, before, own_before);
  const CpuTime after = ReadCpuTime(pinned.cpu());
  const auto own = static_cast<double>(ReadOwnTicks() - own_before);
  const auto all = static_cast<double>(after.all - before.all);
  EXPECT_LE(context.others_share, 1 - own / all + 0.1);
}

// Of a run that there is nothing to be said against.
Context GoodContext() {
  Context context;
  context.build = "optimised";
  context.hypervisor = "KVMKVMKVM";
  context.cpus_online = 2;
  context.pinned_cpu = 0;
  // Ten thousand processes that an earlier run has ended are a load, too.
  context.load_at_begin = 99;
  context.others_share = 0.25;
  context.steal_share = 0.05;
  return context;
}

TEST(Doubts, AreNoneOfAGoodRun) {
  EXPECT_THAT(Doubts(GoodContext()), IsEmpty());
}

TEST(Doubts, SayWhy) {
  Context context = GoodContext();
  context.sanitizer = "address";
  EXPECT_THAT(Doubts(context),
              ElementsAre("sanitized: built with the address sanitizer"));
  context = GoodContext();
  context.build = "not optimised";
  EXPECT_THAT(Doubts(context),
              ElementsAre("unoptimised: built without optimisation"));
  context = GoodContext();
  context.pinned_cpu = -1;
  EXPECT_THAT(Doubts(context),
              ElementsAre("unpinned: it may have moved from CPU to CPU"));
  context = GoodContext();
  context.hypervisor = "TCGTCGTCGTCG";
  EXPECT_THAT(Doubts(context),
              ElementsAre("emulated: the CPU is software, QEMU's TCG"));
  context = GoodContext();
  context.in_pidlab_vm = true;
  EXPECT_THAT(Doubts(context),
              ElementsAre("emulated: in a virtual machine of `pidlab vm`"));
  context = GoodContext();
  context.others_share = 0.478;
  EXPECT_THAT(Doubts(context),
              ElementsAre("overloaded: others took 48 % of the CPU"));
  context = GoodContext();
  context.steal_share = 0.07;
  EXPECT_THAT(
      Doubts(context),
      ElementsAre("overloaded: the hypervisor gave 7 % of the CPU to others"));
}

TEST(Doubts, AreAllOfThem) {
  Context context;
  context.sanitizer = "thread";
  context.hypervisor = "TCGTCGTCGTCG";
  context.others_share = 1;
  context.steal_share = 1;
  EXPECT_THAT(Doubts(context), ::testing::SizeIs(6));
}

}  // namespace
}  // namespace pidlab
