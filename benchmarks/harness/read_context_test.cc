#include "benchmarks/harness/read_context.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "lib/host/temporary_folder.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::Le;
using ::testing::MatchesRegex;

// A folder that is used in the place of /proc.
using FakeProc = TemporaryFolder;

// Text that is longer than one page.
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
  proc.Write("cmdline", "console=ttyS0 pidlab.vm rdinit=/usr/bin/pidlab\n");
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
  EXPECT_EQ(context.pid_namespace_level, 2);
  EXPECT_EQ(context.resident_bytes, 1'802'240);  // 1760 * 1024
  EXPECT_EQ(context.threads, 3);
  EXPECT_EQ(context.mounts, 19);
  EXPECT_EQ(context.virtual_memory_areas, 100);
  EXPECT_EQ(context.open_descriptors, 4);
}

TEST(ReadContext, LeavesOutWhatCannotBeRead) {
  const FakeProc proc;
  const Context context = ReadContext(proc.path());
  EXPECT_EQ(context.cpu_model, "");
  EXPECT_FALSE(context.in_pidlab_vm);
  EXPECT_EQ(context.pid_namespace_level, std::nullopt);
  EXPECT_EQ(context.resident_bytes, 0);
  EXPECT_EQ(context.threads, 0);
  EXPECT_EQ(context.mounts, 0);
  EXPECT_EQ(context.virtual_memory_areas, 0);
  EXPECT_EQ(context.open_descriptors, 0);
}

TEST(ReadContext, LeavesOutWhatIsNoNumber) {
  const FakeProc proc;
  proc.Write("cpuinfo", "model name\t:\n");
  proc.Write("self/status", "VmRSS:\nThreads:\tnone\n");
  const Context context = ReadContext(proc.path());
  EXPECT_EQ(context.cpu_model, "");
  EXPECT_EQ(context.resident_bytes, 0);
  EXPECT_EQ(context.threads, 0);
}

TEST(ReadContext, SaysWhatTheSystemCallsSay) {
  const Context context = ReadContext();
  utsname name{};
  uname(&name);
  EXPECT_EQ(context.kernel, name.release);
  EXPECT_EQ(context.machine, name.machine);
  EXPECT_EQ(context.cpus_online, get_nprocs());
  EXPECT_EQ(context.threads, 1);
  EXPECT_THAT(context.began,
              MatchesRegex("20..-[01].-[0-3].T[0-2].:[0-5].:[0-6].Z"));
  tm began{};
  ASSERT_NE(strptime(context.began.c_str(), "%Y-%m-%dT%H:%M:%SZ", &began),
            nullptr);
  EXPECT_NEAR(timegm(&began), time(nullptr), 60);
}

TEST(ReadContext, KnowsTheMemoryOfTheProcess) {
  struct sysinfo info {};
  sysinfo(&info);
  const auto total = static_cast<int64_t>(info.totalram * info.mem_unit);
  EXPECT_THAT(ReadContext().resident_bytes, AllOf(Gt(0), Le(total)));
}

TEST(ReadContext, CountsOpenDescriptors) {
  const int64_t before = ReadContext().open_descriptors;
  const Fd one(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd two(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(ReadContext().open_descriptors, before + 2);
  int64_t open_ones = 0;
  for (int fd = 0; fd < sysconf(_SC_OPEN_MAX); ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) ++open_ones;
  }
  EXPECT_EQ(ReadContext().open_descriptors, open_ones);
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

// That the program is optimised is said by bench_test.sh: this test is not.
TEST(ReadContext, KnowsTheSanitizer) {
#if defined(__SANITIZE_ADDRESS__)
  EXPECT_EQ(ReadContext().sanitizer, "address");
#elif defined(__SANITIZE_THREAD__)
  EXPECT_EQ(ReadContext().sanitizer, "thread");
#elif !defined(__clang__)
  EXPECT_EQ(ReadContext().sanitizer, "");
#endif
}

}  // namespace
}  // namespace pidlab
