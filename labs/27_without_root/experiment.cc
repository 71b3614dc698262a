// Which privilege is needed to make a PID namespace and to mount its /proc, and
// how to get it without being root.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/linux/capabilities.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;

constexpr uint64_t kNone = 0;
constexpr uint64_t kSysAdmin = Capability(CAP_SYS_ADMIN);
constexpr uint64_t kSetFcap = Capability(CAP_SETFCAP);

// Gives up all capabilities but these. A program that is executed does not get
// them back, though its uid is 0.
Sys<int> KeepOnly(uint64_t capabilities) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Sys<int>::Failed(errno);
  }
  return KeepCapabilities(capabilities);
}

EXPERIMENT(APidNamespaceTakesOneCapability,
           .claim =
               "To make a PID namespace, or to join one, takes CAP_SYS_ADMIN, "
               "as it does for a mount namespace; uid 0 is not enough.",
           .verifies = {"S1-14", "D-61"},
           .sources = {"clone(2), ERRORS", "setns(2)", "capabilities(7)",
                       "kernel/nsproxy.c copy_namespaces()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const pid_t init_pid = init.PidIn(host);
  // A process cannot join the namespace of one that has more capabilities:
  // ptrace(2).
  trial.Must(ON(init, KeepOnly(kNone)));

  trial.Step("Give up all capabilities, and try a mount namespace");
  const Process user = host.Clone("user");
  trial.Must(ON(user, KeepOnly(kNone)));
  trial.Expect(ON(user, getuid()), Eq(uid_t{0}));
  trial.Expect(ON(user, unshare(CLONE_NEWNS)), Fails{EPERM});

  trial.Step("Try a PID namespace, in three ways");
  trial.Expect(ON(user, unshare(CLONE_NEWPID)), Fails{EPERM});
  trial.Expect(user.TryClone(CLONE_NEWPID), Fails{EPERM});
  trial.Expect(ON(user, CreateChildrenInNamespaceOf(init_pid)), Fails{EPERM});
  trial.Expect(user.TryClone(), Succeeds{});

  trial.Step("Keep CAP_SYS_ADMIN alone, and try all of it again");
  const Process admin = host.Clone("admin");
  trial.Must(ON(admin, KeepOnly(kSysAdmin)));
  trial.Expect(ON(admin, unshare(CLONE_NEWNS)), Eq(0));
  trial.Expect(admin.TryClone(CLONE_NEWPID), Succeeds{});
  trial.Expect(ON(admin, CreateChildrenInNamespaceOf(init_pid)), Succeeds{});
}

// Whether a process without privilege may make a user namespace. A machine can
// forbid it, by kernel.unprivileged_userns_clone, user.max_user_namespaces,
// AppArmor.
Sys<int> MakeUserNamespaceWithoutPrivilege() {
  const Sys<Ending> ending = InChild(0, [] {
    if (!KeepOnly(kNone).ok()) return EINVAL;
    return InChild(CLONE_NEWUSER, [] { return 0; }).err;
  });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

Need UnprivilegedUserNamespaces() {
  return Permission("user namespaces for those without privilege",
                    MakeUserNamespaceWithoutPrivilege,
                    "allow them: sysctl kernel.unprivileged_userns_clone, "
                    "user.max_user_namespaces, AppArmor");
}

// Whether the caller's PID namespace belongs to its user namespace
// (ioctl_ns(2)). EPERM if it belongs to an outer one.
Sys<bool> OwnsItsPidNamespace() {
  const Fd file(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Sys<bool>::Failed(errno);
  const Fd owner(ioctl(file.get(), NS_GET_USERNS));
  struct stat status {};
  if (!owner.valid() || fstat(owner.get(), &status) != 0) {
    return Sys<bool>::Failed(errno);
  }
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/user");
  return {own.value == NamespaceId{status.st_dev, status.st_ino}, own.err};
}

// mount(2), but never in the mount namespace `foreign`.
int Mount(const char* type, const char* target, NamespaceId foreign) {
  if (!HasOtherMountsThan(foreign)) {
    errno = EPERM;
    return -1;
  }
  return mount(type, target, type, MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

EXPERIMENT(AUserNamespaceSuppliesIt,
           .claim =
               "Who has no capabilities may make a user namespace, and has all "
               "of them there: enough for a PID namespace and its /proc.",
           .verifies = {"S1-14", "D-61"},
           .sources = {"user_namespaces(7)", "pid_namespaces(7)",
                       "kernel/user_namespace.c create_user_ns()"},
           .needs = {FreshProc(), UnprivilegedUserNamespaces()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));

  trial.Step("Let one without capabilities make a user namespace, too");
  const Process user = host.Clone("user");
  trial.Must(ON(user, KeepOnly(kNone)));
  trial.Expect(user.TryClone(CLONE_NEWPID | CLONE_NEWNS), Fails{EPERM});
  const Process init =
      user.Clone("init", CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS);
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, OwnsItsPidNamespace()), Eq(true));

  trial.Step("Mount its /proc, and make another namespace");
  trial.Expect(ON(init, Mount("proc", "/proc", mounts)), Eq(0));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{1}));
  trial.Expect(init.TryClone(CLONE_NEWPID), Succeeds{});

  trial.Step("See that its maker has not become any mightier");
  trial.Expect(user.TryClone(CLONE_NEWPID), Fails{EPERM});
}

EXPERIMENT(AShellNeedsTheMapping,
           .claim =
               "unshare(1) needs sudo or --map-root-user; without the mapping "
               "the namespaces are made, but the command has no capabilities.",
           .verifies = {"S1-14"},
           .sources = {"unshare(1), --map-root-user", "user_namespaces(7)",
                       "security/commoncap.c cap_bprm_creds_from_file()"},
           .needs = {FreshProc(), UnprivilegedUserNamespaces(),
                     Capable("CAP_SETFCAP", CAP_SETFCAP), UtilLinux("unshare"),
                     Tool("mount", "mount")}) {
  const Process host = trial.Host();
  const Process user = host.Clone("user");
  // An ordinary uid would need no capability, but this one is 0, and 0 is
  // mapped.
  trial.Must(ON(user, KeepOnly(kSetFcap)));

  trial.Step("Type the tutorial's command without sudo, and half of it");
  trial.Expect(user.Printed({"unshare", "--pid", "--mount", "--fork", "sh"}),
               StrEq("unshare: unshare failed: Operation not permitted\n"));
  trial.Expect(user.Printed({"unshare", "--pid", "--fork", "sh"}),
               StrEq("unshare: unshare failed: Operation not permitted\n"));

  trial.Step("Make a user namespace first, and map its root");
  trial.Expect(user.Printed({"unshare", "--user", "--map-root-user", "--mount",
                             "--pid", "--fork", "sh", "-c",
                             "echo $$; id -u; mount -t proc proc /proc && "
                             "cat /proc/1/comm"}),
               StrEq("1\n0\nsh\n"));

  trial.Step("Leave out the mapping");
  trial.Expect(user.Printed({"unshare", "--user", "--mount", "--pid", "--fork",
                             "sh", "-c",
                             "echo $$; id -u; mount -t proc proc /proc "
                             "2>/dev/null || echo refused"}),
               StrEq("1\n65534\nrefused\n"));
}

EXPERIMENT(OnlyTheOwnerOfAPidNamespaceMountsItsProc,
           .claim =
               "A proc mount takes CAP_SYS_ADMIN in the user namespace that "
               "owns the mounter's PID namespace; other mounts do not.",
           .verifies = {"D-62b"},
           .sources = {"user_namespaces(7)", "fs/super.c mount_capable()",
                       "fs/proc/root.c proc_init_fs_context()"},
           .needs = {FreshProc(), Directory("/tmp"),
                     UnprivilegedUserNamespaces()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));

  trial.Step("Make a user and a mount namespace, but no PID namespace");
  const Process guest = host.Clone("guest", CLONE_NEWUSER | CLONE_NEWNS);
  trial.Expect(ON(guest, OwnsItsPidNamespace()), Fails{EPERM});

  trial.Step("Mount a tmpfs, then a proc");
  trial.Expect(ON(guest, Mount("tmpfs", "/tmp", mounts)), Eq(0));
  trial.Expect(ON(guest, Mount("proc", "/proc", mounts)), Fails{EPERM});

  trial.Step("Add a PID namespace, and mount again");
  const Process init = guest.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(init, OwnsItsPidNamespace()), Eq(true));
  trial.Expect(ON(init, Mount("proc", "/proc", mounts)), Eq(0));
}

EXPERIMENT(AMaskedProcCannotBeMountedAfresh,
           .claim =
               "In a new user namespace a proc mount is refused where parts of "
               "the old /proc are covered, as in many containers.",
           .verifies = {"D-62"},
           .sources = {"user_namespaces(7), Interaction of user namespaces and "
                       "other types of namespaces",
                       "mount_namespaces(7)",
                       "fs/namespace.c mnt_already_visible()"},
           .needs = {FreshProc(), UnprivilegedUserNamespaces()}) {
  constexpr uint64_t kAll = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS;
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const Process container = host.Clone("container", CLONE_NEWNS);

  trial.Step("Mount a proc where all of the old one can be seen");
  const Process early = container.Clone("early", kAll);
  trial.Expect(ON(early, Mount("proc", "/proc", mounts)), Eq(0));

  trial.Step("Cover /proc/sys, and try again");
  trial.Expect(ON(container, Mount("tmpfs", "/proc/sys", mounts)), Eq(0));
  const Process late = container.Clone("late", kAll);
  trial.Expect(ON(late, OwnsItsPidNamespace()), Eq(true));
  trial.Expect(ON(late, Mount("proc", "/proc", mounts)), Fails{EPERM});
  trial.Expect(ON(late, umount("/proc/sys")), Fails{EINVAL});

  trial.Step("Try without a user namespace");
  const Process privileged =
      container.Clone("privileged", CLONE_NEWPID | CLONE_NEWNS);
  trial.Expect(ON(privileged, Mount("proc", "/proc", mounts)), Eq(0));

  trial.Step("Uncover it, and try with one");
  trial.Expect(ON(container, umount("/proc/sys")), Eq(0));
  const Process last = container.Clone("last", kAll);
  trial.Expect(ON(last, Mount("proc", "/proc", mounts)), Eq(0));
}

}  // namespace
}  // namespace pidlab
