#include "lib/trial/warden.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/user_namespace.h"
#include "lib/trial/surroundings.h"

namespace pidlab {
namespace {

// Whether a call that would have changed nothing was refused: a seccomp profile
// may deny calls that experiments need.
bool IsRefused(int result) {
  return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
}

constexpr char kUserMap[] = "the uid_map and gid_map of the user namespace";
constexpr char kPrivateMounts[] = "mount(MS_REC|MS_PRIVATE)";

}  // namespace

WardenReport SetUpWarden(const WardenSetup& setup) {
  // The double guard: only a PID 1 whose namespaces are not the runner's
  // changes mounts, so that the mounts of the machine are safe even if the
  // kernel lies.
  const Sys<NamespaceId> pid_namespace = ReadNamespace("/proc/self/ns/pid");
  const Sys<NamespaceId> mount_namespace = ReadNamespace("/proc/self/ns/mnt");
  if (getpid() != 1 || !pid_namespace.ok() || !mount_namespace.ok() ||
      pid_namespace.value == setup.runner_pid_namespace ||
      mount_namespace.value == setup.runner_mount_namespace) {
    return {kNewNamespaces};
  }
  if (setup.user_namespace) {
    const int err = MapRootTo(setup.uid, setup.gid).err;
    if (err != 0) return {kUserMap, err};
  }
  // The warden is killed when the runner dies. If the runner died before this
  // line, its end of the wire is closed, which ends the warden as well.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    return {"prctl(PR_SET_PDEATHSIG)", errno};
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return {kPrivateMounts, errno};
  }
  const NotReset inherited = ResetTrial(setup.stays_in_folder);
  if (inherited.what != nullptr) return {inherited.what, inherited.err};
  if (IsRefused(unshare(0)) || IsRefused(setns(-1, 0)) ||
      IsRefused(PidfdOpen(-1).value) ||
      IsRefused(PidfdSendSignal(-1, 0).value)) {
    return {"unshare(2), setns(2), pidfd_open(2) and pidfd_send_signal(2)",
            errno};
  }
  prctl(PR_SET_NAME, "warden");

  WardenReport report;
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
            nullptr) != 0) {
    report.proc_error = errno;
  }
  return report;
}

std::optional<Skip> WithheldFromWarden(const WardenReport& report) {
  if (report.failed == kUserMap && report.err == EPERM) {
    // user_namespaces(7): mapping uid 0 needs CAP_SETFCAP since Linux 5.12.
    return Skip{
        .code = Skip::Code::kNoPrivilege,
        .needs = "CAP_SYS_ADMIN, or a user namespace for this user",
        .probed = "write(/proc/self/uid_map, \"0 " + std::to_string(geteuid()) +
                  " 1\") -> EPERM",
        .to_run =
            "run it as root with its capabilities, or as an ordinary user "
            "(docker run --cap-add SETFCAP, or --user 1000)"};
  }
  if (report.failed == kPrivateMounts && report.err == EINVAL) {
    // mount(2): / is not a mount point. The mounts around it may be shared, and
    // the machine would see what is mounted here.
    return Skip{.code = Skip::Code::kSandboxed,
                .needs = "a root directory that is a mount point",
                .probed = "mount(MS_REC|MS_PRIVATE) on / -> EINVAL",
                .to_run = "before chroot(8): mount --bind DIRECTORY DIRECTORY"};
  }
  for (const int err : {EPERM, EACCES, ENOSYS, EROFS, ENOENT, ENXIO}) {
    if (report.failed == nullptr || report.err != err) continue;
    return Skip{
        .code = Skip::Code::kSandboxed,
        .needs = report.failed,
        .probed = "tried it -> " + DescribeErrno(err),
        .to_run =
            "outside the container, or in one that has it: a /proc that "
            "can be written to, /dev, and a seccomp profile that has the "
            "call"};
  }
  return {};
}

}  // namespace pidlab
