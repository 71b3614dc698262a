// A proc mount shows one PID namespace, that of the process that mounted it, to
// every reader. Each mount has its own options.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "lib/linux/capabilities.h"
#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using Name = Text<64>;
using Pids = Text<64>;

// The name of the process that has this number in the proc at `place`.
Sys<Name> NameIn(const char* place, pid_t pid) {
  char path[64];
  snprintf(path, sizeof(path), "%s/%d/status", place, pid);
  return ReadStatus(path).Get(&ProcessStatus::name);
}

// The entries of a directory that are numbers: "1 2 3", "none".
Sys<Pids> PidsIn(const char* directory) {
  struct Entry {  // struct linux_dirent64 of getdents64(2)
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
  };
  const Fd fd(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return Sys<Pids>::Failed(errno);
  Pids pids;
  alignas(Entry) char bytes[4096];
  long size;
  while ((size = syscall(SYS_getdents64, fd.get(), bytes, sizeof(bytes))) > 0) {
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const Entry*>(bytes + at);
      at += entry->size;
      if (entry->name[0] < '1' || entry->name[0] > '9') continue;
      pids.Append(pids.view().empty() ? "" : " ");
      pids.Append(entry->name);
    }
  }
  if (pids.view().empty()) pids.Append("none");
  return {pids, size < 0 ? errno : 0};
}

bool IsThere(const char* path) { return access(path, F_OK) == 0; }

int Stat(const char* path) {
  struct stat status {};
  return stat(path, &status);
}

int Open(const char* path) { return open(path, O_RDONLY | O_CLOEXEC); }

int OpenAndClose(const char* path) {
  const int fd = Open(path);
  return fd < 0 ? fd : close(fd);
}

// Whether the caller may mount: it has to be in a mount namespace that is not
// `foreign`, and whose mounts are then made private.
bool IsOnItsOwn(NamespaceId foreign) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/mnt");
  if (own.ok() && !(own.value == foreign)) {
    return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }
  errno = EPERM;
  return false;
}

// Makes folders to mount on, in a tmpfs that hides the machine's /tmp.
int MakePlaces(NamespaceId foreign) {
  if (!IsOnItsOwn(foreign) ||
      mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, nullptr) != 0) {
    return -1;
  }
  for (const char* place :
       {"/tmp/0", "/tmp/1", "/tmp/2", "/tmp/4", "/tmp/pids", "/tmp/inner"}) {
    if (mkdir(place, 0755) != 0) return -1;
  }
  return 0;
}

EXPERIMENT(AllReadersSeeTheSame,
           .claim =
               "A proc mount shows the processes of its mounter's PID "
               "namespace, with their numbers there, to every reader.",
           .verifies = {"D-81"},
           .sources = {"pid_namespaces(7), /proc and PID namespaces",
                       "fs/proc/base.c proc_pid_lookup()",
                       "fs/proc/self.c proc_self_get_link()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));

  trial.Step("Let init mount a proc where others see it, too");
  const Process viewer = host.Clone("viewer", CLONE_NEWNS);
  const Process init = viewer.Clone("init", CLONE_NEWPID);
  const Process nested = init.Clone("nested", CLONE_NEWPID);
  trial.Expect(ON(viewer, PidsIn("/proc")), Eq(Pids("1 2 3 4 5")));
  trial.Expect(ON(init, MountProc(mounts, "/proc", nullptr)), Eq(0));

  trial.Step("Let readers of three namespaces list it");
  trial.Expect(ON(init, PidsIn("/proc")), Eq(Pids("1 2")));
  trial.Expect(ON(viewer, PidsIn("/proc")), Eq(Pids("1 2")));
  trial.Expect(ON(nested, PidsIn("/proc")), Eq(Pids("1 2")));
  trial.Expect(ON(host, PidsIn("/proc")), Eq(Pids("1 2 3 4 5")));

  trial.Step("Ask them who is process 1, and who is 2");
  trial.Expect(ON(viewer, NameIn("/proc", 1)), Eq(Name("init")));
  trial.Expect(ON(nested, NameIn("/proc", 1)), Eq(Name("init")));
  trial.Expect(ON(nested, NameIn("/proc", 2)), Eq(Name("nested")));
  trial.Expect(ON(host, NameIn("/proc", 1)), Eq(Name("warden")));

  trial.Step("Ask them for their own numbers in it");
  trial.Expect(ON(init, SelfIn("/proc")), Eq(1));
  trial.Expect(ON(nested, SelfIn("/proc")), Eq(2));
  trial.Expect(ON(nested, getpid()), Eq(1));
  trial.Expect(ON(viewer, SelfIn("/proc")), Fails{ENOENT});
  trial.Expect(ON(viewer, getpid()), Eq(3));
}

// Unmounts /proc, but only if it has neither the caller nor any other process:
// the procs of the machine and of the chamber have both.
int UnmountDeadProc() {
  const Sys<Pids> pids = PidsIn("/proc");
  if (pids.ok() && pids.value == "none" && SelfIn("/proc").err == ENOENT) {
    return umount("/proc");
  }
  errno = EPERM;
  return -1;
}

EXPERIMENT(TheMountOutlivesTheNamespace,
           .claim =
               "The proc mount of a dead PID namespace stays, without a single "
               "process; what it says of the machine can still be read.",
           .verifies = {"D-81"},
           .sources = {"proc(5)", "fs/proc/base.c next_tgid()",
                       "kernel/pid_namespace.c zap_pid_ns_processes()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const Process viewer = host.Clone("viewer", CLONE_NEWNS);
  const Process init = viewer.Clone("init", CLONE_NEWPID);

  trial.Step("Let init mount a proc for both of them");
  trial.Expect(ON(init, MountProc(mounts, "/proc", nullptr)), Eq(0));
  trial.Expect(ON(viewer, PidsIn("/proc")), Eq(Pids("1")));
  trial.Expect(ON(viewer, NameIn("/proc", 1)), Eq(Name("init")));

  trial.Step("Let init end, and look again");
  init.Exit(0);
  trial.Expect(viewer.Reap(init), Eq(Exited(0)));
  trial.Expect(ON(viewer, PidsIn("/proc")), Eq(Pids("none")));
  trial.Expect(ON(viewer, NameIn("/proc", 1)), Fails{ENOENT});
  trial.Expect(ON(viewer, SelfIn("/proc")), Fails{ENOENT});
  trial.Expect(ON(viewer, OpenAndClose("/proc/uptime")), Eq(0));

  trial.Step("Unmount it");
  trial.Expect(ON(viewer, UnmountDeadProc()), Eq(0));
  trial.Expect(ON(viewer, PidsIn("/proc")), Eq(Pids("1 2 3")));
  trial.Expect(ON(viewer, SelfIn("/proc")), Eq(3));
}

EXPERIMENT(EveryMountHasItsOwnOptions,
           .claim =
               "hidepid= and subset= are options of one proc mount: several "
               "mounts of one PID namespace may differ in them.",
           .verifies = {"D-84"},
           .sources = {"proc(5), Mount options", "fs/proc/root.c",
                       "fs/proc/base.c has_pid_permissions()"},
           .needs = {FreshProc(), Directory("/tmp")}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  const Process member = init.Clone("member");
  trial.Must(ON(init, MakePlaces(mounts)));

  trial.Step("Mount three procs with different options");
  trial.Expect(ON(init, MountProc(mounts, "/tmp/0", nullptr)), Eq(0));
  trial.Expect(ON(init, MountProc(mounts, "/tmp/pids", "subset=pid")), Eq(0));
  trial.Expect(ON(init, MountProc(mounts, "/tmp/4", "hidepid=4")), Eq(0));
  trial.Expect(ON(init, MountProc(mounts, "/tmp/2", "hidepid=7")),
               Fails{EINVAL});

  trial.Step("Look for what is not about processes");
  trial.Expect(ON(member, IsThere("/tmp/0/meminfo")), Eq(true));
  trial.Expect(ON(member, IsThere("/tmp/0/sys")), Eq(true));
  trial.Expect(ON(member, IsThere("/tmp/pids/meminfo")), Eq(false));
  trial.Expect(ON(member, IsThere("/tmp/pids/sys")), Eq(false));
  trial.Expect(ON(member, NameIn("/tmp/pids", 1)), Eq(Name("init")));
  trial.Expect(ON(member, IsThere("/tmp/4/meminfo")), Eq(true));

  trial.Step("Let member look for init, then without capabilities");
  trial.Expect(ON(member, PidsIn("/tmp/4")), Eq(Pids("1 2")));
  trial.Expect(ON(member, Stat("/tmp/4/1")), Eq(0));
  trial.Expect(ON(member, KeepCapabilities(0)), Succeeds{});
  trial.Expect(ON(member, PidsIn("/tmp/4")), Eq(Pids("2")));
  trial.Expect(ON(member, Stat("/tmp/4/1")), Fails{ENOENT});

  trial.Step("Let it look in the other two");
  trial.Expect(ON(member, PidsIn("/tmp/0")), Eq(Pids("1 2")));
  trial.Expect(ON(member, PidsIn("/tmp/pids")), Eq(Pids("1 2")));
}

EXPERIMENT(HidepidHidesFromOtherUsers,
           .claim =
               "From other users, hidepid=1 hides what is in the directory of "
               "a process, hidepid=2 and 4 the directory, too.",
           .verifies = {"D-84"},
           .sources = {"proc(5), Mount options",
                       "fs/proc/base.c proc_pid_permission()"},
           .needs = {FreshProc(), Directory("/tmp"), SecondUser()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  const Process user = init.Clone("user");
  trial.Must(ON(init, MakePlaces(mounts)));
  trial.Must(ON(init, MountProc(mounts, "/tmp/0", "hidepid=0")));
  trial.Must(ON(init, MountProc(mounts, "/tmp/1", "hidepid=1")));
  trial.Must(ON(init, MountProc(mounts, "/tmp/2", "hidepid=2")));
  trial.Must(ON(init, MountProc(mounts, "/tmp/4", "hidepid=4")));
  trial.Must(ON(user, BecomeSecondUser()));

  trial.Step("Let another user look, with hidepid=0");
  trial.Expect(ON(user, Stat("/tmp/0/1")), Eq(0));
  trial.Expect(ON(user, OpenAndClose("/tmp/0/1/status")), Eq(0));

  trial.Step("Do it with hidepid=1");
  trial.Expect(ON(user, Stat("/tmp/1/1")), Eq(0));
  trial.Expect(ON(user, OpenAndClose("/tmp/1/1/status")), Fails{EPERM});

  trial.Step("Do it with hidepid=2, then with 4");
  trial.Expect(ON(user, Stat("/tmp/2/1")), Fails{ENOENT});
  trial.Expect(ON(user, PidsIn("/tmp/2")), Eq(Pids("2")));
  trial.Expect(ON(user, Stat("/tmp/4/1")), Fails{ENOENT});
  trial.Expect(ON(user, PidsIn("/tmp/4")), Eq(Pids("2")));

  trial.Step("Find out all the same that there is a process 1");
  trial.Expect(ON(user, kill(1, 0)), Fails{EPERM});
  trial.Expect(ON(user, kill(3, 0)), Fails{ESRCH});
}

// Tries fsconfig(2) on a proc that is never mounted.
Sys<int> TryPidns() {
  const Fd proc(fsopen("proc", FSOPEN_CLOEXEC));
  if (!proc.valid()) return Sys<int>::Failed(errno);
  return FromErrno(fsconfig(proc.get(), FSCONFIG_SET_STRING, "pidns",
                            "/proc/self/ns/pid", 0));
}

// Does what `mount -t proc -o pidns=FD proc PLACE` would do. mount(2) takes no
// descriptor.
int MountProcFor(NamespaceId foreign, const char* place, int pid_namespace) {
  if (!IsOnItsOwn(foreign)) return -1;
  const Fd proc(fsopen("proc", FSOPEN_CLOEXEC));
  if (fsconfig(proc.get(), FSCONFIG_SET_FD, "pidns", nullptr, pid_namespace) !=
          0 ||
      fsconfig(proc.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return -1;
  }
  const Fd mounted(
      fsmount(proc.get(), FSMOUNT_CLOEXEC,
              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  return move_mount(mounted.get(), "", AT_FDCWD, place,
                    MOVE_MOUNT_F_EMPTY_PATH);
}

int Remount(NamespaceId foreign, const char* place, const char* options) {
  if (!IsOnItsOwn(foreign)) return -1;
  return mount(nullptr, place, nullptr,
               MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC, options);
}

Need Pidns() {
  return KernelFeature("the option pidns= of proc (Linux 6.18)", TryPidns);
}

EXPERIMENT(PidnsNamesAnotherNamespace,
           .claim =
               "With the option pidns= the mounter names the PID namespace "
               "that a proc shows: its own, or one below it, even a dead one.",
           .verifies = {"D-85"},
           .sources = {"Documentation/filesystems/proc.rst, Mount options",
                       "fs/proc/root.c proc_parse_pidns_param()"},
           .needs = {FreshProc(), Directory("/tmp"), Pidns()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const Process maker = host.Clone("maker", CLONE_NEWNS);
  const Process init = maker.Clone("init", CLONE_NEWPID);
  trial.Must(ON(maker, MakePlaces(mounts)));
  const int namespace_file = trial.Must(ON(maker, Open("/proc/4/ns/pid")));

  trial.Step("Mount a proc of init's namespace from outside");
  trial.Expect(
      ON(maker, MountProc(mounts, "/tmp/pids", "pidns=/proc/4/ns/pid")), Eq(0));
  trial.Expect(ON(maker, PidsIn("/tmp/pids")), Eq(Pids("1")));
  trial.Expect(ON(maker, NameIn("/tmp/pids", 1)), Eq(Name("init")));

  trial.Step("Look for maker and for init in it");
  trial.Expect(ON(maker, SelfIn("/tmp/pids")), Fails{ENOENT});
  trial.Expect(ON(init, SelfIn("/tmp/pids")), Eq(1));
  trial.Expect(ON(init, SelfIn("/proc")), Eq(init.PidIn(host)));

  trial.Step("Give it what it does not take");
  trial.Expect(ON(maker, MountProc(mounts, "/tmp/0", "pidns=/proc/4/ns/uts")),
               Fails{EINVAL});
  trial.Expect(ON(maker, MountProc(mounts, "/tmp/0", "pidns=/tmp/nothing")),
               Fails{ENOENT});
  trial.Expect(
      ON(maker, Remount(mounts, "/tmp/pids", "pidns=/proc/self/ns/pid")),
      Fails{EBUSY});

  trial.Step("Let init name the namespace around its own");
  trial.Expect(ON(init, MountProc(mounts, "/tmp/0", "pidns=/proc/1/ns/pid")),
               Fails{EINVAL});
  trial.Expect(ON(maker, MountProc(mounts, "/tmp/0", "pidns=/proc/1/ns/pid")),
               Eq(0));
  trial.Expect(ON(maker, NameIn("/tmp/0", 1)), Eq(Name("warden")));

  trial.Step("Mount a proc of a namespace that is dead");
  init.Exit(0);
  trial.Must(maker.Reap(init));
  trial.Expect(ON(maker, MountProcFor(mounts, "/tmp/1", namespace_file)),
               Eq(0));
  trial.Expect(ON(maker, PidsIn("/tmp/1")), Eq(Pids("none")));
}

}  // namespace
}  // namespace pidlab
