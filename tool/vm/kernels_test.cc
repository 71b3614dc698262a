#include "tool/vm/kernels.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/temporary_folder.h"
#include "lib/linux/fd.h"
#include "tool/vm/kernel_cache.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// A cache of its own, below a folder that goes away.
class OwnCache : public TemporaryFolder {
 public:
  OwnCache() { setenv("XDG_CACHE_HOME", (path() / "cache").c_str(), 1); }
};

void Touch(const std::filesystem::path& file) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << "";
}

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string Record(const std::string& package, const std::string& version,
                   const std::string& bytes) {
  return "Package: " + package + "\nSource: linux\nVersion: " + version +
         "\nDescription: Linux\n Version: none\nSize: " + bytes + "\n\n";
}

TEST(KernelsAmong, AreThoseOfVirtualMachines) {
  const std::string records =
      Record("linux-image-6.1.0-9-cloud-amd64", "6.1.27-1", "27000000") +
      Record("linux-image-6.1.0-9-cloud-amd64-unsigned", "6.1.27-1",
             "27000001") +
      Record("linux-image-6.1.0-9-amd64-unsigned", "6.1.27-1", "27000000") +
      Record("linux-image-cloud-amd64", "6.1.27-1", "27000000") +
      Record("linux-modules-7.2.9+deb14-cloud-amd64", "7.2.9-1", "23000000") +
      Record("linux-binary-7.2.9+deb14-cloud-amd64", "7.2.9-1", "13000000");
  const DebianKernel with_signature = {
      "6.1",      "6.1.0-9-cloud-amd64",
      "6.1.27-1", "linux-image-6.1.0-9-cloud-amd64",
      "bookworm", 27000000};
  DebianKernel without = with_signature;
  without.package += "-unsigned";
  without.bytes += 1;
  const DebianKernel binary = {
      "7.2",      "7.2.9+deb14-cloud-amd64",
      "7.2.9-1",  "linux-binary-7.2.9+deb14-cloud-amd64",
      "bookworm", 13000000};
  EXPECT_THAT(KernelsAmong(records, "bookworm"),
              ElementsAre(with_signature, without, binary));
  EXPECT_THAT(KernelsAmong("", "bookworm"), IsEmpty());
}

TEST(KernelsAmong, AreNotThosePackagesThatOnlyDependOnOthers) {
  EXPECT_THAT(KernelsAmong(Record("linux-image-7.2.9+deb14-cloud-amd64",
                                  "7.2.9-1", "1916"),
                           "sid"),
              IsEmpty());
}

DebianKernel Kernel(const std::string& series, const std::string& version,
                    const std::string& suite) {
  return {series, version, version, "", suite, 0};
}

TEST(NewestOfEachSeries, GoesByVersion) {
  const DebianKernel old = Kernel("5.10", "5.10.237-1", "bullseye");
  const DebianKernel newest = Kernel("6.1", "6.1.112-1", "bookworm-security");
  const DebianKernel native = Kernel("6.12", "6.12.9-1", "trixie");
  EXPECT_THAT(
      NewestOfEachSeries({Kernel("6.12", "6.12.9-1~bpo12+1", "backports"),
                          Kernel("6.1", "6.1.27-1", "bookworm"), newest,
                          Kernel("6.1", "6.1.99-1", "updates"), native,
                          Kernel("6.12", "6.12.9-1", "sid"), old}),
      ElementsAre(old, newest, native));
  EXPECT_THAT(NewestOfEachSeries({}), IsEmpty());
}

TEST(NewestOfEachSuite, GoesByVersionToo) {
  const DebianKernel newest = Kernel("6.1", "6.1.112-1", "bookworm-security");
  const DebianKernel older = Kernel("6.1", "6.1.99-1", "bookworm");
  EXPECT_THAT(
      NewestOfEachSuite(
          "6.1", {older, Kernel("6.1", "6.1.27-1", "bookworm"),
                  Kernel("6.12", "6.12.9-1", "trixie"),
                  Kernel("6.1", "6.1.98-1", "bookworm-security"), newest}),
      ElementsAre(newest, older));
  EXPECT_THAT(NewestOfEachSuite("5.10", {newest, older}), IsEmpty());
}

TEST(CacheFolder, IsWhereTheEnvironmentSays) {
  const OwnCache cache;
  EXPECT_EQ(CacheFolder(), cache.path() / "cache/pidlab");
  setenv("HOME", "/home/user", 1);
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(CacheFolder(), "/home/user/.cache/pidlab");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(CacheFolder(), "/home/user/.cache/pidlab");
  unsetenv("HOME");
  EXPECT_EQ(CacheFolder(), "");
}

std::vector<std::pair<std::string, std::string>> Fetched() {
  std::vector<std::pair<std::string, std::string>> kernels;
  for (const FetchedKernel& kernel : FetchedKernels()) {
    EXPECT_EQ(kernel.file, KernelsFolder() / ("vmlinuz-" + kernel.release));
    kernels.emplace_back(kernel.series, kernel.release);
  }
  return kernels;
}

TEST(FetchedKernels, AreInTheCacheOldestFirst) {
  const OwnCache cache;
  EXPECT_THAT(Fetched(), IsEmpty());
  for (const char* name :
       {"vmlinuz-6.1.0-56-cloud-amd64", "vmlinuz-6.1.0-9-cloud-amd64",
        "vmlinuz-6.12.9+deb13-cloud-amd64", "vmlinuz-5.10.0-30-cloud-amd64",
        "vmlinuz-", "config-6.1.0-9-cloud-amd64"}) {
    Touch(KernelsFolder() / name);
  }
  EXPECT_THAT(Fetched(), ElementsAre(Pair("5.10", "5.10.0-30-cloud-amd64"),
                                     Pair("6.1", "6.1.0-9-cloud-amd64"),
                                     Pair("6.1", "6.1.0-56-cloud-amd64"),
                                     Pair("6.12", "6.12.9+deb13-cloud-amd64")));
}

// A descriptor that is readable, as ^C makes it.
Fd Interrupt() { return Fd(eventfd(1, EFD_CLOEXEC)); }

TEST(KernelWorkshop, IsClearedBeforeAndAfter) {
  const OwnCache cache;
  Touch(CacheFolder() / "drafts/of-one-that-was-killed");
  {
    const KernelWorkshop workshop(-1);
    EXPECT_TRUE(std::filesystem::is_empty(workshop.drafts()));
    Touch(workshop.drafts() / "draft");
  }
  EXPECT_FALSE(std::filesystem::exists(CacheFolder() / "drafts"));
}

TEST(KernelWorkshop, BelongsToOneAtATime) {
  const OwnCache cache;
  const KernelWorkshop other(-1);
  Touch(other.drafts() / "draft");
  EXPECT_THROW(KernelWorkshop(Interrupt().get()), Interrupted);
  EXPECT_TRUE(std::filesystem::exists(other.drafts() / "draft"));
}

// Whether it waits, or comes just after the other, is up to the scheduler.
TEST(KernelWorkshop, IsHadAfterTheOther) {
  const OwnCache cache;
  const std::filesystem::path lock = CacheFolder() / "lock";
  Touch(lock);
  int in[2];
  int out[2];
  ASSERT_EQ(pipe2(in, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
  Command other = Command::Start({"flock", lock, "sh", "-c", "echo; read line"},
                                 {.in = in[0], .out = out[1], .err = -1});
  close(in[0]);
  close(out[1]);
  char byte;
  ASSERT_EQ(read(out[0], &byte, 1), 1);  // it is held
  close(in[1]);
  const KernelWorkshop workshop(-1);
  const Fd again(open(lock.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(flock(again.get(), LOCK_EX | LOCK_NB), -1);
  other.Wait();
  close(out[0]);
}

// Makes, in the folder $1, an archive that has a kernel, signed by a key whose
// other half is thrown away, and the configuration of a machine that uses it.
constexpr const char* kMakeArchive = R"sh(set -eu
cd "$1"
name=linux-image-6.1.0-9-cloud-amd64-unsigned
mkdir -p root/DEBIAN root/boot root/lib/modules archive/pool lists
echo 'the kernel' >root/boot/vmlinuz-6.1.0-9-cloud-amd64
head -c 1500000 /dev/urandom >root/lib/modules/module.ko
printf '%s\n' "Package: $name" 'Version: 6.1.27-1' 'Architecture: amd64' \
  'Maintainer: Nobody <nobody@example.invalid>' 'Description: a kernel' \
  >root/DEBIAN/control
dpkg-deb --root-owner-group --build root archive/pool/kernel.deb

digest() { sha256sum "$1" | cut -d ' ' -f 1; }
size() { stat -c %s "$1"; }
cd archive
index=main/binary-amd64/Packages
mkdir -p dists/bookworm/main/binary-amd64
{
  cat ../root/DEBIAN/control
  echo 'Filename: pool/kernel.deb'
  echo "Size: $(size pool/kernel.deb)"
  echo "SHA256: $(digest pool/kernel.deb)"
} >dists/bookworm/$index
cd dists/bookworm
printf '%s\n' 'Origin: Debian' 'Suite: oldstable' 'Codename: bookworm' \
  'Architectures: amd64' 'Components: main' \
  'Date: Thu, 01 Jan 2026 00:00:00 UTC' \
  'Valid-Until: Fri, 02 Jan 2026 00:00:00 UTC' 'SHA256:' \
  " $(digest $index) $(size $index) $index" >Release

# The path of the socket of gpg-agent must not be long.
GNUPGHOME=$(mktemp -d /tmp/pidlab.XXXXXX)
export GNUPGHOME
trap 'gpgconf --kill gpg-agent; rm -rf "$GNUPGHOME"' EXIT
gpg --batch --passphrase '' --quick-gen-key archive ed25519 sign never
gpg --batch --clearsign --output InRelease Release
gpg --batch --export >"$1/keyring.gpg"

cat >"$1/apt.conf" <<END
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$1/lists";
END
echo "deb file:$1/archive bookworm main" >"$1/sources.list"
)sh";

// What stands on stderr is left to the test's log.
class FetchKernelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* tool : {"apt-get", "dpkg-deb", "gpg"}) {
      if (pidlab::Run({tool, "--version"}, -1).ending == Exited(kNotExecuted)) {
        GTEST_SKIP() << "there is no " << tool << " here";
      }
    }
    const Finished made =
        pidlab::Run({"sh", "-c", kMakeArchive, "sh", cache_.path()}, -1);
    ASSERT_TRUE(made.succeeded()) << made.err;
    setenv("APT_CONFIG", (cache_.path() / "apt.conf").c_str(), 1);
  }
  ~FetchKernelTest() override { unsetenv("APT_CONFIG"); }

  std::filesystem::path Fetch(const std::string& series,
                              int interrupt_fd = -1) {
    return FetchKernel(series, interrupt_fd, cache_.path() / "keyring.gpg");
  }
  // What FetchKernel() has to say against it.
  std::string Complaint(const std::string& series) {
    try {
      return "fetched " + Fetch(series).native();
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code, kHarnessFailed);
      return error.message;
    }
  }
  std::filesystem::path package() const {
    return cache_.path() / "archive/pool/kernel.deb";
  }

  const OwnCache cache_;
};

TEST_F(FetchKernelTest, UnpacksTheImageIntoTheCache) {
  const std::filesystem::path file = Fetch("6.1");
  EXPECT_EQ(file, KernelsFolder() / "vmlinuz-6.1.0-9-cloud-amd64");
  EXPECT_EQ(TextOf(file), "the kernel\n");
  EXPECT_THAT(Fetched(), ElementsAre(Pair("6.1", "6.1.0-9-cloud-amd64")));
  EXPECT_FALSE(std::filesystem::exists(CacheFolder() / "drafts"));
}

TEST_F(FetchKernelTest, LeavesTheListsOfTheMachineAlone) {
  Fetch("6.1");
  EXPECT_TRUE(std::filesystem::is_empty(cache_.path() / "lists"));
}

TEST_F(FetchKernelTest, DownloadsOnce) {
  Fetch("6.1");
  std::filesystem::remove(package());
  EXPECT_EQ(TextOf(Fetch("6.1")), "the kernel\n");
}

TEST_F(FetchKernelTest, TakesOnlyWhatIsSigned) {
  std::filesystem::resize_file(cache_.path() / "keyring.gpg", 0);
  EXPECT_THAT(Complaint("6.1"),
              AllOf(HasSubstr("no suite"), HasSubstr("--kernel FILE")));
  EXPECT_THAT(Fetched(), IsEmpty());
}

TEST_F(FetchKernelTest, TakesOnlyWhatHasTheHashOfTheIndex) {
  std::ofstream(package(), std::ios::app) << "more";
  EXPECT_THAT(Complaint("6.1"), AllOf(HasSubstr("cannot download a kernel 6.1"),
                                      HasSubstr("--kernel FILE")));
  EXPECT_THAT(Fetched(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(CacheFolder() / "drafts"));
}

TEST_F(FetchKernelTest, SaysWhatThereIs) {
  EXPECT_THAT(Complaint("4.2"),
              AllOf(HasSubstr("no kernel 4.2"), HasSubstr("It has: 6.1."),
                    HasSubstr("--kernel FILE")));
}

TEST_F(FetchKernelTest, EndsByAnInterrupt) {
  EXPECT_THROW(Fetch("6.1", Interrupt().get()), Interrupted);
  EXPECT_FALSE(std::filesystem::exists(CacheFolder() / "drafts"));
}

TEST_F(FetchKernelTest, NeedsTheArchiveAmongTheSources) {
  std::ofstream(cache_.path() / "sources.list") << "";
  EXPECT_THAT(Complaint("6.1"), AllOf(HasSubstr("not among the sources"),
                                      HasSubstr("--kernel FILE")));
}

TEST_F(FetchKernelTest, NeedsApt) {
  const std::string path = getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const std::string complaint = Complaint("6.1");
  setenv("PATH", path.c_str(), 1);
  EXPECT_THAT(complaint, AllOf(HasSubstr("there is no apt-get"),
                               HasSubstr("--kernel FILE")));
}

TEST_F(FetchKernelTest, NeedsACache) {
  setenv("XDG_CACHE_HOME", "/proc/nowhere", 1);
  EXPECT_THAT(Complaint("6.1"), HasSubstr("Set XDG_CACHE_HOME"));
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  EXPECT_THAT(Complaint("6.1"), HasSubstr("neither XDG_CACHE_HOME nor HOME"));
}

}  // namespace
}  // namespace pidlab
