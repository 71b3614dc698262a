#include "tool/vm/kernel_cache.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/linux/sys.h"

namespace pidlab {
namespace {

// A path that is not absolute is to be ignored, says the specification.
std::filesystem::path FolderIn(const char* variable) {
  const char* value = std::getenv(variable);
  const std::filesystem::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : std::filesystem::path();
}

[[noreturn]] void FailToWrite(const std::filesystem::path& path, int err) {
  FailAsHarness(
      fmt::format("cannot write to {}, where kernels are kept: {}. Set "
                  "XDG_CACHE_HOME to a folder that can be written to",
                  path.native(), DescribeErrno(err)));
}

void CreateFolder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) FailToWrite(path, error.value());
}

// flock(1) locks what its standard input is, which is ours as well; and it can
// be waited for together with an interrupt.
void Lock(const Fd& file, int interrupt_fd) {
  if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) return;
  fmt::print(stderr, "pidlab: waiting for another one that fetches kernels\n");
  Command command =
      Command::Start({"flock", "0"}, {.in = file.get(), .out = -1, .err = -1});
  if (command.Wait(interrupt_fd) != Exited(0)) {
    FailAsHarness(
        "cannot wait for another pidlab that fetches kernels (flock(1)): try "
        "again when it has ended");
  }
}

}  // namespace

std::filesystem::path CacheFolder() {
  if (const auto cache = FolderIn("XDG_CACHE_HOME"); !cache.empty()) {
    return cache / "pidlab";
  }
  const auto home = FolderIn("HOME");
  return home.empty() ? home : home / ".cache/pidlab";
}

std::filesystem::path KernelsFolder() {
  const auto cache = CacheFolder();
  return cache.empty() ? cache : cache / "kernels";
}

KernelWorkshop::KernelWorkshop(int interrupt_fd) {
  const std::filesystem::path cache = CacheFolder();
  if (cache.empty()) {
    FailAsHarness(
        "neither XDG_CACHE_HOME nor HOME says where kernels are to be kept: "
        "set one of them to a folder, by its absolute path");
  }
  CreateFolder(KernelsFolder());
  const std::filesystem::path lock = cache / "lock";
  lock_ = Fd(open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock_.valid()) FailToWrite(lock, errno);
  Lock(lock_, interrupt_fd);
  drafts_ = cache / "drafts";
  std::error_code ignored;
  std::filesystem::remove_all(drafts_, ignored);
  CreateFolder(drafts_);
}

KernelWorkshop::~KernelWorkshop() {
  std::error_code ignored;
  std::filesystem::remove_all(drafts_, ignored);
}

}  // namespace pidlab
