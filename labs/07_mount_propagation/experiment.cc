// Tutorial 1's program makes a mount namespace, but makes no mount private. If
// mounts are shared, the proc that it mounts appears in the caller's mount
// namespace, too.
//
// Nothing here touches the machine's mounts. Each experiment shares its own
// tmpfs, in its own mount namespace, with a proc at /tmp/proc in it.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;
using Name = Text<64>;

// The name of process 1 in the proc at `place`.
Sys<Name> PidOneIn(const char* place) {
  char path[64];
  snprintf(path, sizeof(path), "%s/1/status", place);
  return ReadStatus(path).Get(&ProcessStatus::name);
}

dev_t DeviceOf(const char* path) {
  struct stat status {};
  return stat(path, &status) == 0 ? status.st_dev : 0;
}

// Identifies the only mounts that are ever shared, and the mount namespace of
// the host, which never gets any of them.
struct Tree {
  dev_t device = 0;
  NamespaceId foreign;
};

bool IsOutsideOf(NamespaceId mount_namespace) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/mnt");
  return own.ok() && !(own.value == mount_namespace);
}

// A double guard: the caller must be in another mount namespace than the host,
// and /tmp must be the tree, and not the root's file system.
bool IsInTree(Tree tree) {
  const bool is = IsOutsideOf(tree.foreign) && tree.device != 0 &&
                  DeviceOf("/tmp") == tree.device &&
                  DeviceOf("/") != tree.device;
  if (!is) errno = EPERM;
  return is;
}

int MountProc(Tree tree) {
  return IsInTree(tree) ? mount("proc", "/tmp/proc", "proc",
                                MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr)
                        : -1;
}

int MountMore(Tree tree) {
  return IsInTree(tree)
             ? mount("tmpfs", "/tmp/more", "tmpfs", MS_NOSUID, nullptr)
             : -1;
}

int UnmountProc(Tree tree) { return IsInTree(tree) ? umount("/tmp/proc") : -1; }

// Sets MS_PRIVATE or MS_SLAVE for all mounts of the caller's mount namespace.
int SetPropagation(Tree tree, unsigned long type) {
  return IsInTree(tree) ? mount(nullptr, "/", nullptr, MS_REC | type, nullptr)
                        : -1;
}

Sys<Tree> MakeSharedTree(NamespaceId foreign) {
  if (!IsOutsideOf(foreign)) return Sys<Tree>::Failed(EPERM);
  const dev_t before = DeviceOf("/tmp");
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, nullptr) != 0) {
    return Sys<Tree>::Failed(errno);
  }
  const Tree tree = {DeviceOf("/tmp"), foreign};
  if (tree.device == before || !IsInTree(tree)) {
    return Sys<Tree>::Failed(EPERM);
  }
  if (mount(nullptr, "/tmp", nullptr, MS_SHARED, nullptr) != 0 ||
      mkdir("/tmp/proc", 0755) != 0 || mkdir("/tmp/more", 0755) != 0 ||
      MountProc(tree) != 0) {
    return Sys<Tree>::Failed(errno);
  }
  return {tree};
}

EXPERIMENT(TheMountComesBackToTheCaller,
           .claim =
               "What is mounted after unshare(CLONE_NEWNS) appears in the "
               "caller's mount namespace, too, if the mounts are shared.",
           .verifies = {"S1-18", "D-83"},
           .sources = {"mount_namespaces(7), SHARED SUBTREES",
                       "fs/namespace.c attach_recursive_mnt()",
                       "fs/pnode.c propagate_mnt()"},
           .needs = {FreshProc(), Directory("/tmp"), UtilLinux("findmnt")}) {
  const Process host = trial.Host();
  const NamespaceId mounts =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/mnt")));

  trial.Step("Build a shared tree with a proc in it");
  const Process caller = host.Clone("caller", CLONE_NEWNS);
  const Tree tree = trial.Must(ON(caller, MakeSharedTree(mounts)));
  const NamespaceId callers =
      trial.Must(ON(caller, ReadNamespace("/proc/self/ns/mnt")));
  trial.Expect(caller.Printed({"findmnt", "-no", "PROPAGATION", "/tmp/proc"}),
               StrEq("shared\n"));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Eq(3));
  trial.Expect(ON(caller, PidOneIn("/tmp/proc")), Eq(Name("warden")));

  trial.Step("Let the tutorial's program unshare both, and fork");
  const Process program = caller.Clone("program");
  trial.Expect(ON(program, unshare(CLONE_NEWNS | CLONE_NEWPID)), Eq(0));
  const Process shell = program.Clone("shell");
  trial.Expect(ON(shell, getpid()), Eq(1));
  trial.Expect(ON(shell, IsOutsideOf(callers)), Eq(true));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Eq(3));

  trial.Step("Let its child mount proc");
  trial.Expect(ON(shell, MountProc(tree)), Eq(0));
  trial.Expect(ON(shell, SelfIn("/tmp/proc")), Eq(1));
  trial.Expect(ON(caller, PidOneIn("/tmp/proc")), Eq(Name("shell")));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Fails{ENOENT});

  trial.Step("Let both end, and look again");
  shell.Exit(0);
  trial.Must(program.Reap(shell));
  program.Exit(0);
  trial.Must(caller.Reap(program));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Fails{ENOENT});
  trial.Expect(ON(caller, PidOneIn("/tmp/proc")), Fails{ENOENT});

  trial.Step("Unmount it in the mount namespace of caller");
  trial.Expect(ON(caller, UnmountProc(tree)), Eq(0));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Eq(3));
  trial.Expect(ON(caller, PidOneIn("/tmp/proc")), Eq(Name("warden")));
}

EXPERIMENT(PrivateOrSlaveKeepsItInside,
           .claim =
               "With MS_REC|MS_PRIVATE before the mount nothing gets out; with "
               "MS_REC|MS_SLAVE nothing gets out, but what is outside gets in.",
           .verifies = {"S1-18", "D-83"},
           .sources = {"mount_namespaces(7), SHARED SUBTREES",
                       "mount(2), Changing the propagation type",
                       "fs/pnode.c change_mnt_propagation()"},
           .needs = {FreshProc(), Directory("/tmp")}) {
  const Process host = trial.Host();
  const NamespaceId mounts =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/mnt")));
  const Process caller = host.Clone("caller", CLONE_NEWNS);
  const Tree tree = trial.Must(ON(caller, MakeSharedTree(mounts)));

  trial.Step("Make everything private before proc is mounted");
  const Process mender = caller.Clone("mender");
  trial.Expect(ON(mender, unshare(CLONE_NEWNS | CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(mender, SetPropagation(tree, MS_PRIVATE)), Eq(0));
  const Process hermit = mender.Clone("hermit");
  trial.Expect(ON(hermit, MountProc(tree)), Eq(0));
  trial.Expect(ON(hermit, SelfIn("/tmp/proc")), Eq(1));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Eq(caller.PidIn(host)));

  trial.Step("Make everything a slave instead");
  const Process other = caller.Clone("other-mender");
  trial.Expect(ON(other, unshare(CLONE_NEWNS | CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(other, SetPropagation(tree, MS_SLAVE)), Eq(0));
  const Process listener = other.Clone("listener");
  trial.Expect(ON(listener, MountProc(tree)), Eq(0));
  trial.Expect(ON(listener, SelfIn("/tmp/proc")), Eq(1));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Eq(caller.PidIn(host)));

  trial.Step("Let caller mount something new");
  trial.Expect(ON(caller, MountMore(tree)), Eq(0));
  const dev_t fresh = trial.Must(ON(caller, DeviceOf("/tmp/more")));
  trial.Expect(ON(listener, DeviceOf("/tmp/more") == fresh), Eq(true));
  trial.Expect(ON(hermit, DeviceOf("/tmp/more") == fresh), Eq(false));
}

EXPERIMENT(UnshareMakesThemPrivate,
           .claim =
               "unshare(1) makes all mounts private before it runs the "
               "command, unless it is told to leave them unchanged.",
           .verifies = {"S1-18", "D-83"},
           .sources = {"unshare(1), --propagation",
                       "util-linux sys-utils/unshare.c set_propagation()"},
           .needs = {FreshProc(), Directory("/tmp"), UtilLinux("unshare"),
                     UtilLinux("findmnt"), Tool("mount", "mount")}) {
  const Process host = trial.Host();
  const NamespaceId mounts =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/mnt")));
  const Process caller = host.Clone("caller", CLONE_NEWNS);
  trial.Must(ON(caller, MakeSharedTree(mounts)));
  const char* const session =
      "[ $$ = 1 ] && findmnt -no PROPAGATION /tmp/proc && "
      "mount -t proc proc /tmp/proc && cat /tmp/proc/1/comm";

  trial.Step("Mount a proc below unshare --mount");
  trial.Expect(caller.Printed({"unshare", "--pid", "--fork", "--mount", "sh",
                               "-c", session}),
               StrEq("private\nsh\n"));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Eq(caller.PidIn(host)));

  trial.Step("Add --propagation unchanged");
  trial.Expect(
      caller.Printed({"unshare", "--pid", "--fork", "--mount", "--propagation",
                      "unchanged", "sh", "-c", session}),
      StrEq("shared\nsh\n"));
  trial.Expect(ON(caller, SelfIn("/tmp/proc")), Fails{ENOENT});
}

}  // namespace
}  // namespace pidlab
