#include "tool/vm/guest_system.h"

#include <fmt/core.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/linux/sys.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHostName = "pidlab";

[[noreturn]] void Fail(const std::string& what) {
  FailAsHarness(what + ": " + DescribeErrno(errno));
}

void Mount(const char* type, const char* where, unsigned long flags = 0,
           const char* options = nullptr) {
  fs::create_directories(where);
  if (mount(type, where, type, flags, options) != 0) {
    Fail(fmt::format("mount {} on {}", type, where));
  }
}

// In the root of an initramfs, pivot_root(2) fails (see NOTES in its manual
// page). So the root is bind-mounted, and that mount becomes the new root.
void LeaveRootfs() {
  static constexpr const char* kNewRoot = "/newroot";
  fs::create_directories(kNewRoot);
  if (mount("/", kNewRoot, nullptr, MS_BIND, nullptr) != 0 ||
      chdir(kNewRoot) != 0 || mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 ||
      chroot(".") != 0 || chdir("/") != 0) {
    Fail("cannot leave the rootfs");
  }
  rmdir(kNewRoot);
}

}  // namespace

void MakeUsualSystem() {
  LeaveRootfs();
  Mount("devtmpfs", "/dev");
  Mount("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=620,ptmxmode=666");
  Mount("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV);
  Mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  Mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  // The kernel may have been built without cgroup2.
  (void)mount("cgroup2", "/sys/fs/cgroup", "cgroup2",
              MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  // As with systemd, other mount namespaces see what is mounted.
  if (mount(nullptr, "/", nullptr, MS_SHARED | MS_REC, nullptr) != 0) {
    Fail("cannot share the mounts");
  }
  for (const auto& [name, target] : {std::pair("fd", "/proc/self/fd"),
                                     {"stdin", "/proc/self/fd/0"},
                                     {"stdout", "/proc/self/fd/1"},
                                     {"stderr", "/proc/self/fd/2"}}) {
    fs::create_symlink(target, fs::path("/dev") / name);
  }
  if (sethostname(kHostName.data(), kHostName.size()) != 0) Fail("sethostname");
}

}  // namespace pidlab
