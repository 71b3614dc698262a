#include "tool/vm/kernels.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "lib/host/error.h"
#include "lib/host/temporary_folder.h"
#include "lib/host/wait.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kDebiansKeys =
    "/usr/share/keyrings/debian-archive-keyring.gpg";

// Each test has its own cache, below a temporary folder. fetch_kernel_test.sh
// tests how kernels are fetched.
class KernelsTest : public ::testing::Test {
 protected:
  KernelsTest() { setenv("XDG_CACHE_HOME", cache_home().c_str(), 1); }

  std::filesystem::path cache_home() const { return folder_.path() / "cache"; }

  // What is in the cache, after checking where.
  std::vector<std::pair<std::string, std::string>> Fetched() const {
    std::vector<std::pair<std::string, std::string>> kernels;
    for (const FetchedKernel& kernel : FetchedKernels()) {
      EXPECT_EQ(kernel.file, cache_home() / "pidlab/kernels" /
                                 ("vmlinuz-" + kernel.release));
      kernels.emplace_back(kernel.series, kernel.release);
    }
    return kernels;
  }

  // From now on, apt-get is this script.
  void MakeAptGet(const std::string& script) const {
    folder_.Write("bin/apt-get", "#!/bin/sh\n" + script);
    const std::filesystem::path bin = folder_.path() / "bin";
    std::filesystem::permissions(bin / "apt-get",
                                 std::filesystem::perms::owner_all);
    setenv("PATH", (bin.native() + ":/usr/bin:/bin").c_str(), 1);
  }

  const TemporaryFolder folder_;
};

// The message of the error that the function throws; "none" if it throws none.
template <typename Function>
std::string ErrorMessageOf(const Function& function) {
  try {
    function();
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code, kHarnessFailed);
    return error.message;
  }
}

TEST_F(KernelsTest, FetchedOnesAreInTheCacheOldestFirst) {
  EXPECT_THAT(Fetched(), IsEmpty());
  for (const char* name :
       {"vmlinuz-6.1.0-56-cloud-amd64", "vmlinuz-6.1.0-9-cloud-amd64",
        "vmlinuz-6.12.9+deb13-cloud-amd64",
        "vmlinuz-6.12.117+deb13-cloud-amd64", "vmlinuz-5.10.0-30-cloud-amd64",
        "vmlinuz-", "config-6.1.0-9-cloud-amd64"}) {
    folder_.Write("cache/pidlab/kernels/" + std::string(name), "");
  }
  EXPECT_THAT(Fetched(),
              ElementsAre(Pair("5.10", "5.10.0-30-cloud-amd64"),
                          Pair("6.1", "6.1.0-9-cloud-amd64"),
                          Pair("6.1", "6.1.0-56-cloud-amd64"),
                          Pair("6.12", "6.12.9+deb13-cloud-amd64"),
                          Pair("6.12", "6.12.117+deb13-cloud-amd64")));
}

TEST_F(KernelsTest, CacheIsWhereTheEnvironmentSays) {
  const std::string release = "6.1.0-9-cloud-amd64";
  folder_.Write(".cache/pidlab/kernels/vmlinuz-" + release, "");
  EXPECT_THAT(FetchedKernels(), IsEmpty());
  setenv("HOME", folder_.path().c_str(), 1);
  for (const char* ignored : {"", "relative"}) {
    setenv("XDG_CACHE_HOME", ignored, 1);
    ASSERT_EQ(FetchedKernels().size(), 1) << ignored;
    EXPECT_EQ(
        FetchedKernels()[0].file,
        folder_.path() / ".cache/pidlab/kernels" / ("vmlinuz-" + release));
  }
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(FetchedKernels().size(), 1);
  unsetenv("HOME");
  folder_.Write("kernels/vmlinuz-" + release, "");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  EXPECT_THAT(FetchedKernels(), IsEmpty());
  std::filesystem::current_path(before);
  EXPECT_THAT(ErrorMessageOf([] { FetchableKernels(-1); }),
              HasSubstr("neither XDG_CACHE_HOME nor HOME"));
}

TEST_F(KernelsTest, FetchedBeforeNeedsNoDownload) {
  if (!std::filesystem::exists(kDebiansKeys)) {
    GTEST_SKIP() << "there is no debian-archive-keyring here";
  }
  // `apt-get update` writes an index that names a kernel which is in the cache.
  MakeAptGet(R"sh(
case $* in
  indextargets*) echo 'Debian|file:/nowhere/|bookworm|main' ;;
  *Dir::State=*/bookworm\ *)
    cd "$XDG_CACHE_HOME/pidlab/apt/bookworm" && mkdir -p lists
    printf '%s\n' 'Package: linux-image-6.1.0-9-cloud-amd64' \
      'Version: 6.1.27-1' 'Size: 27000000' >lists/a_Packages ;;
  *) exit 100 ;;
esac)sh");
  folder_.Write("cache/pidlab/kernels/vmlinuz-6.1.0-9-cloud-amd64", "");
  EXPECT_EQ(FetchKernel("6.1", -1),
            cache_home() / "pidlab/kernels/vmlinuz-6.1.0-9-cloud-amd64");
}

TEST_F(KernelsTest, WhatTheScriptHasAgainstItIsAnError) {
  MakeAptGet("echo 'E: broken' >&2; exit 100");
  EXPECT_THAT(ErrorMessageOf([] { FetchKernel("6.1", -1); }),
              HasSubstr("where Debian's archive is: broken."));
  MakeAptGet("kill -KILL $PPID");
  EXPECT_THAT(ErrorMessageOf([] { FetchableKernels(-1); }),
              HasSubstr("/bin/sh killed by SIGKILL."));
}

TEST_F(KernelsTest, InterruptEndsTheScriptAndItsCommand) {
  const std::filesystem::path fifo = folder_.path() / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  MakeAptGet("exec 3>'" + fifo.native() + "'; printf r >&3; exec sleep 1000");
  const Fd interrupt(eventfd(0, EFD_CLOEXEC));
  auto fetching = std::async(std::launch::async, [&] {
    EXPECT_THROW(FetchKernel("6.1", interrupt.get()), Interrupted);
  });
  const Fd reader(open(fifo.c_str(), O_RDONLY | O_CLOEXEC));
  char byte;
  ASSERT_EQ(read(reader.get(), &byte, 1), 1);  // apt-get runs
  const std::filesystem::path drafts = cache_home() / "pidlab/drafts";
  EXPECT_TRUE(std::filesystem::exists(drafts));
  eventfd_write(interrupt.get(), 1);
  fetching.wait();
  EXPECT_FALSE(std::filesystem::exists(drafts));
  // The fifo is at its end, since sleep is dead.
  ASSERT_TRUE(
      WaitToRead(reader.get(), -1, Deadline::In(std::chrono::seconds(20))));
  EXPECT_EQ(read(reader.get(), &byte, 1), 0);
}

}  // namespace
}  // namespace pidlab
