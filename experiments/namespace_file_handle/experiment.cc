// A file handle identifies a PID namespace, without /proc and without keeping
// it.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "lib/host/names.h"
#include "lib/linux/capabilities.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::Ne;

// <linux/fcntl.h> has it since Linux 6.18.
constexpr int kNsfsRoot = -10003;  // FD_NSFS_ROOT

// A struct file_handle with its bytes: it has only numbers, and no descriptor.
struct alignas(file_handle) NamespaceHandle {
  std::byte bytes[sizeof(file_handle) + 64];
  file_handle* get() { return reinterpret_cast<file_handle*>(bytes); }
};

Sys<NamespaceHandle> HandleOf(const char* path) {
  NamespaceHandle handle{};
  handle.get()->handle_bytes = sizeof(handle) - sizeof(file_handle);
  int mount = 0;
  const int result = name_to_handle_at(AT_FDCWD, path, handle.get(), &mount,
                                       AT_SYMLINK_FOLLOW);
  return {handle, result == 0 ? 0 : errno};
}

Sys<int> Open(NamespaceHandle handle) {
  return FromErrno(
      open_by_handle_at(kNsfsRoot, handle.get(), O_RDONLY | O_CLOEXEC));
}

// The namespace that the handle identifies.
Sys<NamespaceId> NamespaceOf(NamespaceHandle handle) {
  const Sys<int> file = Open(handle);
  if (!file.ok()) return Sys<NamespaceId>::Failed(file.err);
  const Fd owned(file.value);
  struct stat status {};
  if (fstat(owned.get(), &status) != 0) {
    return Sys<NamespaceId>::Failed(errno);
  }
  return {{status.st_dev, status.st_ino}};
}

Sys<int> CreateChildrenIn(NamespaceHandle handle) {
  const Sys<int> file = Open(handle);
  if (!file.ok()) return file;
  const Fd owned(file.value);
  return FromErrno(setns(owned.get(), CLONE_NEWPID));
}

Sys<int> TryHandles() {
  const Sys<NamespaceHandle> handle = HandleOf("/proc/self/ns/pid");
  if (!handle.ok()) return {0, handle.err};
  return {0, NamespaceOf(handle.value).err};
}

Need FileHandles() {
  return KernelFeature("file handles of namespaces (Linux 6.18)", TryHandles);
}

EXPERIMENT(
    AHandleOpensItsNamespace,
    .claim =
        "By the file handle of a PID namespace, a few bytes, any member can "
        "open it, without a capability or /proc; outside it takes "
        "CAP_SYS_ADMIN over it, and since Linux 6.19 the initial namespace.",
    .verifies = {"D-95"},
    .sources = {"open_by_handle_at(2)", "fs/nsfs.c nsfs_fh_to_dentry()",
                "CVE-2026-43391"},
    .needs = {FileHandles()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process poor = host.Clone("poor");
  const Process guest = host.Clone("guest");

  trial.Step("Take a handle of a namespace");
  const auto handle = trial.Must(ON(init, HandleOf("/proc/self/ns/pid")));
  const auto inside = trial.Must(ON(init, ReadNamespace("/proc/self/ns/pid")));
  trial.Expect(ON(host, ReadNamespace("/proc/self/ns/pid")), Ne(inside));

  trial.Step("Open it without capabilities, inside and outside");
  trial.Must(ON(member, KeepCapabilities(0)));
  trial.Must(ON(poor, KeepCapabilities(0)));
  trial.Expect(ON(member, NamespaceOf(handle)), Eq(inside));
  trial.Expect(ON(poor, NamespaceOf(handle)), Fails{ESTALE});

  // Newer kernels refuse every process in a child namespace of any kind, and in
  // a chamber that is every process. If the kernel refuses, the namespace looks
  // as if it were gone.
  trial.Step("Open it outside with all of them, and enter if that is granted");
  const auto opened = ON(guest, NamespaceOf(handle)).Run();
  if (opened.ok()) {
    trial.Expect(opened, Eq(inside));
    trial.Expect(ON(guest, CreateChildrenIn(handle)), Eq(0));
    const Process newcomer = guest.Clone("newcomer");
    trial.Expect(ON(newcomer, getpid()), Eq(3));
  } else {
    trial.Expect(opened, Fails{ESTALE});
  }
}

// Tries the same with another type of namespace, which the process has left.
Sys<int> TryFromOutside() {
  const Sys<pid_t> child = Clone3(CLONE_NEWUTS);
  if (child.ok() && child.value == 0) {
    const Fd kept(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC));
    const Sys<NamespaceHandle> handle = HandleOf("/proc/self/ns/uts");
    if (!kept.valid() || !handle.ok() || unshare(CLONE_NEWUTS) != 0) _exit(1);
    _exit(NamespaceOf(handle.value).err);
  }
  if (!child.ok()) return Sys<int>::Failed(child.err);
  return {0, WaitFor(child.value).value.number};
}

Need HandlesFromOutside() {
  return {"permission to open other namespaces by their handles",
          [](Chamber& chamber) -> std::optional<Skip> {
            const auto seen =
                ON(Process(&chamber, &chamber.host()), TryFromOutside()).Run();
            if (seen.ok()) return {};
            return Skip{
                .code = Skip::Code::kSandboxed,
                .needs = "permission to open another namespace by its handle",
                .probed = "open_by_handle_at() -> " + DescribeErrno(seen.err),
                .to_run =
                    "on a kernel before Linux 6.19: a newer one says ESTALE "
                    "to all that are not in the initial PID namespace"};
          }};
}

// The kernel frees a namespace after an RCU grace period and in a work queue.
// There is no event for that; membarrier(2) waits for such a period, or fails
// at once.
Sys<NamespaceId> AwaitTheEndOf(NamespaceHandle handle) {
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  Sys<NamespaceId> seen = NamespaceOf(handle);
  while (seen.ok() && !deadline.Passed()) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0) {
      sched_yield();
    }
    seen = NamespaceOf(handle);
  }
  return seen;
}

EXPERIMENT(
    AHandleKeepsNothing,
    .claim =
        "A file handle does not keep a PID namespace: it is stale (ESTALE) "
        "when nothing else does, and not before, even if init is dead.",
    .verifies = {"X-5"},
    .sources = {"open_by_handle_at(2), ERRORS",
                "fs/nsfs.c nsfs_fh_to_dentry()"},
    .needs = {FileHandles(), HandlesFromOutside()}) {
  const Process host = trial.Host();
  const Process maker = host.Clone("maker");
  const pid_t maker_pid = maker.PidIn(maker);

  trial.Step("Make a namespace, and let its only process come and go");
  trial.Must(ON(maker, unshare(CLONE_NEWPID)));
  trial.Expect(maker.TryClone(), Succeeds{});
  trial.Expect(maker.TryClone(), Fails{ENOMEM});

  trial.Step("Try its handle while its maker holds it");
  const char* const path = "/proc/self/ns/pid_for_children";
  const auto handle = trial.Must(ON(maker, HandleOf(path)));
  const auto dead = trial.Must(ON(maker, ReadNamespace(path)));
  trial.Expect(ON(host, ReadNamespace("/proc/self/ns/pid")), Ne(dead));
  trial.Expect(ON(host, NamespaceOf(handle)), Eq(dead));

  trial.Step("Let the maker go home, and try it again");
  trial.Must(ON(maker, CreateChildrenInNamespaceOf(maker_pid)));
  trial.Expect(ON(host, AwaitTheEndOf(handle)), Fails{ESTALE});
}

}  // namespace
}  // namespace pidlab
