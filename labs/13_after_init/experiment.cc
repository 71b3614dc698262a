// What is left of a PID namespace when its PID 1 has ended: it can still be
// held by a file or a mount, but no process can be created in it.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::MatchesRegex;
using ::testing::StrEq;

EXPERIMENT(
    NobodyIsBornAfterPidOne,
    .claim =
        "From the moment PID 1 has ended, even before it is reaped, fork into "
        "its namespace fails with ENOMEM.",
    .verifies = {"D-12", "D-13"},
    .sources = {"pid_namespaces(7), The namespace init process",
                "kernel/pid_namespace.c zap_pid_ns_processes()",
                "kernel/pid.c alloc_pid()"}) {
  const Process host = trial.Host();

  trial.Step("Let a process unshare, and have two children");
  const Process caller = host.Clone("caller");
  trial.Must(ON(caller, unshare(CLONE_NEWPID)));
  const Process init = caller.Clone("init");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(caller.TryClone(), Succeeds{});

  trial.Step("Let PID 1 end, and leave it a zombie");
  const pid_t init_pid = init.PidIn(host);
  init.Exit(0);
  init.AwaitDeath();
  trial.Expect(ON(caller, kill(init_pid, 0)), Eq(0));
  trial.Expect(caller.TryClone(), Fails{ENOMEM});

  trial.Step("Reap it, and try again");
  trial.Expect(caller.Reap(init), Eq(Exited(0)));
  trial.Expect(ON(caller, kill(init_pid, 0)), Fails{ESRCH});
  trial.Expect(caller.TryClone(), Fails{ENOMEM});

  trial.Step("See that there is no lack of memory");
  trial.Expect(host.TryClone(), Succeeds{});
}

EXPERIMENT(AnOldDescriptorLeadsNowhere,
           .claim =
               "setns() to a namespace without PID 1 succeeds by a descriptor "
               "from before its end; the fork that follows fails.",
           .verifies = {"D-14"},
           .sources = {"pid_namespaces(7), The namespace init process",
                       "setns(2)", "kernel/pid_namespace.c pidns_install()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const pid_t init_pid = init.PidIn(host);

  // The processes that the host clones from now on have these two descriptors
  // as well.
  trial.Step("Open the namespace, and PID 1, while it lives");
  const int file = trial.Must(ON(host, OpenPidNamespaceOf(init_pid)));
  const int pidfd = trial.Must(ON(host, PidfdOpen(init_pid)));
  const Process early = host.Clone("early");
  const Process late = host.Clone("late");
  trial.Expect(ON(early, setns(file, CLONE_NEWPID)), Eq(0));
  const Process guest = early.Clone("guest");
  trial.Expect(ON(guest, getpid()), Eq(2));

  trial.Step("Let PID 1 end, and its guest with it");
  init.Exit(0);
  trial.Expect(early.Reap(guest), Eq(KilledBy(SIGKILL)));
  trial.Expect(host.Reap(init), Eq(Exited(0)));

  trial.Step("Look for the namespace by its path, and by the pidfd");
  trial.Expect(ON(late, OpenPidNamespaceOf(init_pid)), Fails{ENOENT});
  trial.Expect(ON(late, setns(pidfd, CLONE_NEWPID)), Fails{ESRCH});
  trial.Expect(late.TryClone(), Succeeds{});

  trial.Step("Join it by the old descriptor");
  trial.Expect(ON(late, setns(file, CLONE_NEWPID)), Eq(0));

  trial.Step("Have a child there");
  trial.Expect(late.TryClone(), Fails{ENOMEM});
}

EXPERIMENT(SetnsToOnesOwnNamespaceCuresIt,
           .claim =
               "Who cannot fork, because its children would be born in a dead "
               "namespace, can again after setns() to its own.",
           .verifies = {"X-11"},
           .sources = {"setns(2), CLONE_NEWPID",
                       "kernel/pid_namespace.c pidns_install()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const pid_t init_pid = init.PidIn(host);
  const int file = trial.Must(ON(host, OpenPidNamespaceOf(init_pid)));
  const Process patient = host.Clone("patient");

  trial.Step("Join a dead namespace, and be unable to fork");
  init.Exit(0);
  trial.Must(host.Reap(init));
  trial.Expect(ON(patient, setns(file, CLONE_NEWPID)), Eq(0));
  trial.Expect(patient.TryClone(), Fails{ENOMEM});

  trial.Step("Join one's own namespace");
  const int own = trial.Must(ON(patient, OpenPidNamespaceOf(getpid())));
  trial.Expect(ON(patient, setns(own, CLONE_NEWPID)), Eq(0));

  trial.Step("Fork again");
  trial.Expect(patient.TryClone(), Succeeds{});
  const Process child = patient.Clone("child");
  const pid_t patient_pid = patient.PidIn(host);
  trial.Expect(ON(child, getppid()), Eq(patient_pid));
}

// A directory that is on every machine, and a file in it that is on none.
constexpr char kDirectory[] = "/tmp";
constexpr char kFile[] = "/tmp/kept";

// Mounts a tmpfs with one empty file, but never in the mount namespace
// `foreign`, and privately, so that no other one gets it.
int MakeEmptyFile(NamespaceId foreign) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/mnt");
  if (!own.ok() || own.value == foreign) {
    errno = EPERM;
    return -1;
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", kDirectory, "tmpfs", MS_NOSUID | MS_NODEV, nullptr) != 0) {
    return -1;
  }
  return Fd(open(kFile, O_CREAT | O_EXCL | O_CLOEXEC, 0600)).valid() ? 0 : -1;
}

// A child of the host that has its own mounts, with that file in them.
Process MakeKeeper(Trial& trial) {
  const Process host = trial.Host();
  const NamespaceId foreign =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/mnt")));
  const Process keeper = host.Clone("keeper", CLONE_NEWNS);
  trial.Must(ON(keeper, MakeEmptyFile(foreign)));
  return keeper;
}

// Does what `mount --bind /proc/PID/ns/pid FILE` does.
int BindNamespaceOf(pid_t pid) {
  char path[32];
  snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
  return mount(path, kFile, nullptr, MS_BIND, nullptr);
}

// Inodes differ in every run, so they are compared where they are read.
Sys<bool> FileIs(NamespaceId id) {
  const Sys<NamespaceId> seen = ReadNamespace(kFile);
  return {seen.value == id, seen.err};
}

Sys<int> JoinByFile() {
  const Fd file(open(kFile, O_RDONLY | O_CLOEXEC));
  return FromErrno(setns(file.get(), CLONE_NEWPID));
}

EXPERIMENT(
    ABindMountKeepsNobodyAlive,
    .claim =
        "A bind mount of the namespace's file outlives PID 1, and is the "
        "same namespace; but nobody can be born there any more.",
    .verifies = {"D-64"},
    .sources = {"namespaces(7), The /proc/pid/ns/ directory",
                "fs/nsfs.c ns_get_path()", "kernel/pid.c alloc_pid()"},
    .needs = {FreshProc(), Directory(kDirectory)}) {
  const Process host = trial.Host();
  const Process keeper = MakeKeeper(trial);
  const Process init = host.Clone("init", CLONE_NEWPID);
  const NamespaceId inner =
      trial.Must(ON(init, ReadNamespace("/proc/self/ns/pid")));

  trial.Step("Bind-mount the namespace on a file");
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(keeper, FileIs(inner)), Eq(false));
  trial.Expect(ON(keeper, BindNamespaceOf(init_pid)), Eq(0));
  trial.Expect(ON(keeper, FileIs(inner)), Eq(true));

  trial.Step("Join it by the file");
  const Process early = keeper.Clone("early");
  const Process late = keeper.Clone("late");
  trial.Expect(ON(early, JoinByFile()), Succeeds{});
  const Process guest = early.Clone("guest");
  trial.Expect(ON(guest, getpid()), Eq(2));

  trial.Step("Let PID 1 end, and look at the file again");
  init.Exit(0);
  trial.Must(early.Reap(guest));
  trial.Must(host.Reap(init));
  trial.Expect(ON(keeper, OpenPidNamespaceOf(init_pid)), Fails{ENOENT});
  trial.Expect(ON(keeper, FileIs(inner)), Eq(true));

  trial.Step("Join it by the file again");
  trial.Expect(ON(late, JoinByFile()), Succeeds{});
  trial.Expect(late.TryClone(), Fails{ENOMEM});

  trial.Step("Take the mount away, and see what the file is");
  trial.Expect(ON(keeper, umount(kFile)), Eq(0));
  trial.Expect(ON(keeper, JoinByFile()), Fails{EINVAL});
}

// Waits until something has been mounted or unmounted since `mountinfo` was
// opened or polled: proc(5), /proc/PID/mounts.
int AwaitMount(int mountinfo) {
  pollfd poll_fd = {.fd = mountinfo, .events = POLLPRI, .revents = 0};
  return poll(&poll_fd, 1, -1);
}

EXPERIMENT(
    UnsharePidFileKeepsNoMore,
    .claim =
        "unshare --pid=FILE --fork keeps the namespace in a file; nsenter "
        "--pid=FILE joins it only while its PID 1 lives.",
    .verifies = {"C-7"},
    .sources = {"unshare(1), --pid", "nsenter(1), --pid",
                "util-linux sys-utils/unshare.c bind_ns_files()"},
    .needs = {FreshProc(), Directory(kDirectory), UtilLinux("unshare"),
              UtilLinux("nsenter"), Tool("sh", "dash")}) {
  const Process keeper = MakeKeeper(trial);
  const int mounts = trial.Must(
      ON(keeper, open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)));
  const std::string option = std::string("--pid=") + kFile;
  const Process unshare = keeper.Clone("unshare");

  trial.Step("Run unshare --pid=FILE without --fork");
  trial.Expect(keeper.Printed({"unshare", option, "sh", "-c", "echo $$"}),
               MatchesRegex("unshare: mount /proc/.*/ns/pid_for_children on "
                            "/tmp/kept failed: No such file or directory\n"));

  trial.Step("Run it with --fork");
  Program program = unshare.Exec(
      {"unshare", option, "--fork", "sh", "-c", "echo $$; read x"});
  program.Await("1\n");
  // sh does not wait for the mount that its parent makes at the same time.
  trial.Expect(ON(keeper, AwaitMount(mounts)), Eq(1));

  trial.Step("Join it by nsenter --pid=FILE");
  const std::vector<std::string> nsenter = {"nsenter", option, "sh", "-c",
                                            "echo $$"};
  trial.Expect(keeper.Printed(nsenter), StrEq("2\n"));

  trial.Step("Let PID 1 end, and try once more");
  program.CloseInput();
  trial.Must(keeper.Reap(unshare));
  trial.Expect(keeper.Printed(nsenter),
               StrEq("nsenter: fork failed: Cannot allocate memory\n"));
}

}  // namespace
}  // namespace pidlab
