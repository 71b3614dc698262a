// What it costs to mount proc for a new PID namespace, by mount(2) and by the
// newer calls, and to unmount it. It is compared with a tmpfs, which is also a
// new file system, but belongs to no namespace.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "benchmarks/groups/groups.h"
#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"

namespace pidlab {
namespace {

// This directory exists, and nobody reads it while something else is mounted
// over it.
constexpr const char* kMountPoint = "/proc";

Sys<int> MountByType(const char* type) {
  return FromErrno(mount(type, kMountPoint, type,
                         MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr));
}

Sys<int> ProcByMount() { return MountByType("proc"); }
Sys<int> TmpfsByMount() { return MountByType("tmpfs"); }

Sys<int> ProcByParts() {
  const Fd proc(fsopen("proc", FSOPEN_CLOEXEC));
  if (!proc.valid() ||
      fsconfig(proc.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return Sys<int>::Failed(errno);
  }
  const Fd mounted(
      fsmount(proc.get(), FSMOUNT_CLOEXEC,
              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  if (!mounted.valid()) return Sys<int>::Failed(errno);
  return FromErrno(move_mount(mounted.get(), "", AT_FDCWD, kMountPoint,
                              MOVE_MOUNT_F_EMPTY_PATH));
}

struct MountTimes {
  int64_t mount_ns = 0;
  int64_t unmount_ns = 0;
};

// Fails with ECANCELED in the mount namespace `foreign`, in which nothing may
// be mounted. No kernel fails with that errno.
Sys<MountTimes> MountAndUnmount(NamespaceId foreign, Sys<int> (*mount)()) {
  if (!HasOtherMountsThan(foreign)) {
    return Sys<MountTimes>::Failed(ECANCELED);
  }
  const int64_t begin = Now();
  const Sys<int> mounted = mount();
  const int64_t between = Now();
  if (!mounted.ok()) return Sys<MountTimes>::Failed(mounted.err);
  const Sys<int> unmounted = FromErrno(umount2(kMountPoint, 0));
  return {{between - begin, Now() - between}, unmounted.err};
}

// An operation that mounts and unmounts; only one of the two is measured.
Operation Part(std::string ran, int64_t MountTimes::*part, NamespaceId foreign,
               Sys<int> (*mount)()) {
  return {std::move(ran), [=] {
            const Sys<MountTimes> times = MountAndUnmount(foreign, mount);
            return Sys<Sample>{{.total_ns = times.value.*part}, times.err};
          }};
}

Pair Beside(NamespaceId foreign, std::string row, Operation subject) {
  return {
      .group = "proc",
      .row = std::move(row),
      .base_name = "mount",
      .subject = std::move(subject),
      .base = Part("mount(proc)", &MountTimes::mount_ns, foreign, ProcByMount),
      .stage = {.chain = {CLONE_NEWPID | CLONE_NEWNS}},
      .needs = "a proc mount of its own",
      .to_run =
          "outside the container, or in one whose /proc is not masked "
          "(docker run --security-opt systempaths=unconfined)",
      .blocks = 20,
  };
}

}  // namespace

std::vector<Pair> ProcPairs() {
  const NamespaceId foreign = OwnMounts().value;
  const auto timed = [foreign](std::string ran, int64_t MountTimes::*part,
                               Sys<int> (*mount)()) {
    return Part(std::move(ran), part, foreign, mount);
  };
  std::vector<Pair> pairs = {
      Beside(foreign, "fsopen",
             timed("fsopen(proc), fsconfig, fsmount, move_mount",
                   &MountTimes::mount_ns, ProcByParts)),
      Beside(foreign, "umount",
             timed("umount2(proc)", &MountTimes::unmount_ns, ProcByMount)),
      Beside(foreign, "tmpfs",
             timed("mount(tmpfs)", &MountTimes::mount_ns, TmpfsByMount)),
      Beside(foreign, "tmpfs umount",
             timed("umount2(tmpfs)", &MountTimes::unmount_ns, TmpfsByMount)),
  };
  pairs[0].needs =
      "fsopen(2), fsconfig(2), fsmount(2) and move_mount(2) (Linux 5.2), and " +
      pairs[0].needs;
  return pairs;
}

}  // namespace pidlab
