// A new PID namespace with an old /proc: which processes the numbers in it
// mean, which process has to mount a new one, and when.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "lib/linux/fd.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;

using Name = Text<64>;

// readlink("/proc/self"): the caller's number in the namespace of the mount.
Sys<pid_t> ProcSelf() {
  const Sys<Text<256>> link = ReadLink("/proc/self");
  const std::string_view digits = link.value;
  pid_t pid = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  return {pid, link.err};
}

// Whether /proc has the process with this number in that PID namespace.
Sys<bool> IsIn(NamespaceId pid_namespace, pid_t pid) {
  char path[32];
  snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
  return LeadsTo(path, pid_namespace);
}

// Whether readlink(1) would print "pid:[INODE]".
Sys<bool> ReadsAs(const char* path, ino_t inode) {
  char expected[32];
  snprintf(expected, sizeof(expected), "pid:[%ju]", uintmax_t{inode});
  const Sys<Text<256>> link = ReadLink(path);
  return {link.value == std::string_view(expected), link.err};
}

bool IsProcfs(const char* path) {
  struct statfs status {};
  return statfs(path, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

// The number of mounts here, minus `before`.
Sys<int> MountsBeyond(int before) {
  const Fd file(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Sys<int>::Failed(errno);
  int mounts = 0;
  char bytes[4096];
  ssize_t size;
  while ((size = read(file.get(), bytes, sizeof(bytes))) > 0) {
    mounts += static_cast<int>(std::count(bytes, bytes + size, '\n'));
  }
  return {mounts - before, size < 0 ? errno : 0};
}

// Whether a command prints a line that begins with `start`.
Observation<bool> Shows(const Process& process,
                        const std::vector<std::string>& command,
                        const std::string& start) {
  const Observation<std::string> printed = process.Printed(command);
  return {process.name(), printed.text + " shows '" + start + "'",
          ("\n" + printed.value).find("\n" + start) != std::string::npos,
          printed.err};
}

// What readlink /proc/PID/ns/pid prints in the initial namespace, on every
// machine: PROC_PID_INIT_INO of the kernel's <linux/proc_ns.h>. The numbers of
// all others are greater.
constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;  // 4026531836

EXPERIMENT(ANewNamespaceKeepsTheOldProc,
           .claim =
               "A new PID namespace does not change /proc: the numbers in it "
               "still mean the processes of the namespace that it was mounted "
               "for.",
           .verifies = {"S1-2", "S1-5", "S1-6", "S1-9", "S1-10", "S1-11",
                        "S2-25", "S2-26", "S2-27"},
           .sources = {"pid_namespaces(7), /proc and PID namespaces",
                       "mount_namespaces(7)",
                       "fs/proc/base.c proc_pid_lookup()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId outer =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/pid")));
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const int count = trial.Must(ON(host, MountsBeyond(0)));

  trial.Step("Find the directory of a process, while there is one");
  const Process passer_by = host.Clone("passer-by");
  const pid_t passer_by_pid = passer_by.PidIn(host);
  trial.Expect(ON(host, IsProcfs("/proc")), Eq(true));
  trial.Expect(ON(passer_by, getpid()), Eq(passer_by_pid));
  trial.Expect(ON(host, NameOf(passer_by_pid)), Eq(Name("passer-by")));
  passer_by.Exit(0);
  trial.Must(host.Reap(passer_by));
  trial.Expect(ON(host, NameOf(passer_by_pid)), Fails{ENOENT});

  trial.Step("Read the host's PID namespace in it");
  trial.Expect(ON(host, ReadsAs("/proc/2/ns/pid", outer.inode)), Eq(true));
  trial.Expect(ON(host, ReadsAs("/proc/2/ns/pid", kInitialPidNamespace)),
               Eq(false));

  trial.Step("Make an init with a copy of the mounts, and one without");
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  const Process sharer = host.Clone("sharer", CLONE_NEWPID);
  trial.Expect(ON(init, LeadsTo("/proc/self/ns/mnt", mounts)), Eq(false));
  trial.Expect(ON(init, MountsBeyond(count)), Eq(0));
  trial.Expect(ON(sharer, LeadsTo("/proc/self/ns/mnt", mounts)), Eq(true));

  trial.Step("Let both look themselves up in /proc");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, NameOf(1)), Eq(Name("warden")));
  trial.Expect(ON(sharer, getpid()), Eq(1));
  trial.Expect(ON(sharer, NameOf(1)), Eq(Name("warden")));
  trial.Expect(ON(init, IsIn(outer, 1)), Eq(true));

  trial.Step("Look init up by the number that it has outside");
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(init, NameOf(init_pid)), Eq(Name("init")));
  trial.Expect(ON(init, IsIn(outer, init_pid)), Eq(false));
  trial.Expect(ON(host, IsIn(outer, init_pid)), Eq(false));
}

EXPERIMENT(ProcSelfIsRightAllTheSame,
           .claim =
               "/proc/self is the reader in an old /proc, too: it has the "
               "reader's number in the namespace of the mount.",
           .verifies = {"S1-6", "D-80"},
           .sources = {"proc(5), /proc/self",
                       "fs/proc/self.c proc_self_get_link()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const pid_t host_pid = host.PidIn(host);
  const pid_t init_pid = init.PidIn(host);

  trial.Step("Ask init for its number, and then for /proc/self");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, ProcSelf()), Eq(init_pid));

  trial.Step("Follow /proc/1 and /proc/self to a PID namespace");
  const NamespaceId outer =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/pid")));
  trial.Expect(ON(init, LeadsTo("/proc/1/ns/pid", outer)), Eq(true));
  trial.Expect(ON(init, LeadsTo("/proc/self/ns/pid", outer)), Eq(false));

  trial.Step("Read what /proc/self says of init's numbers");
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{init_pid, 1}));
  trial.Expect(ON(init, getppid()), Eq(0));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::ppid)), Eq(host_pid));
}

EXPERIMENT(PsShowsWhateverProcShows,
           .claim =
               "In an old /proc, ps and pstree show the old namespace; a ps "
               "that looks its own number up there may find nobody.",
           .verifies = {"S1-4", "S1-7", "S1-9", "S2-28"},
           .sources = {"ps(1)", "pstree(1)",
                       "procps-ng 4, library/pids.c fatal_proc_unmounted()"},
           .needs = {FreshProc(), Tool("ps", "procps"),
                     Tool("pstree", "psmisc")}) {
  const Process host = trial.Host();
  // The host's next child has PID 3. When it is gone no process has that PID.
  const Process passer_by = host.Clone("passer-by");
  passer_by.Exit(0);
  trial.Must(host.Reap(passer_by));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const std::vector<std::string> ps = {"ps", "-o", "pid=,ppid=,comm="};

  trial.Step("Run ps as process 2, which is the host in /proc");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, NameOf(2)), Eq(Name("host")));
  trial.Expect(init.Printed(ps),
               StrEq("1 0 warden\n2 1 host\n4 2 init\n5 4 ps\n"));

  trial.Step("Run it again, as process 3, which /proc does not have");
  trial.Expect(ON(init, NameOf(3)), Fails{ENOENT});
  trial.Expect(Shows(init, ps, "1 0 init"), Eq(false));

  trial.Step("Run pstree, which does not look for itself");
  trial.Expect(init.Printed({"pstree", "-p"}),
               StrEq("warden(1)---host(2)---init(4)---pstree(7)\n"));
}

EXPERIMENT(AProcOfItsOwnCuresIt,
           .claim =
               "When a member has mounted a proc of its own, /proc and ps are "
               "right, and in other mount namespaces nothing has changed.",
           .verifies = {"S1-4", "S1-11", "S1-12", "S2-28"},
           .sources = {"pid_namespaces(7), /proc and PID namespaces",
                       "fs/proc/root.c proc_init_fs_context()"},
           .needs = {FreshProc(), Tool("ps", "procps"),
                     Tool("pstree", "psmisc")}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const int count = trial.Must(ON(host, MountsBeyond(0)));
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  const NamespaceId inner =
      trial.Must(ON(init, ReadNamespace("/proc/self/ns/pid")));

  trial.Step("Let init mount a proc over its copy of the old one");
  trial.Expect(ON(init, MountProc(mounts)), Succeeds{});
  trial.Expect(ON(init, MountsBeyond(count)), Eq(1));

  trial.Step("Let it look itself up again");
  trial.Expect(ON(init, NameOf(1)), Eq(Name("init")));
  trial.Expect(ON(init, IsIn(inner, 1)), Eq(true));
  trial.Expect(ON(init, ProcSelf()), Eq(1));
  trial.Expect(ON(init, NameOf(2)), Fails{ENOENT});

  trial.Step("Run ps and pstree again");
  trial.Expect(init.Printed({"ps", "-o", "pid=,ppid=,comm="}),
               StrEq("1 0 init\n2 1 ps\n"));
  trial.Expect(init.Printed({"pstree", "-p"}), StrEq("init(1)---pstree(3)\n"));

  trial.Step("See that the host's /proc is as it was");
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(host, MountsBeyond(count)), Eq(0));
  trial.Expect(ON(host, NameOf(1)), Eq(Name("warden")));
  trial.Expect(ON(host, NameOf(init_pid)), Eq(Name("init")));
}

EXPERIMENT(AMountBeforeTheForkShowsTheOldNamespace,
           .claim =
               "A proc mount shows the namespace that its mounter is in, not "
               "the one that unshare(2) has made for the children to come.",
           .verifies = {"S1-13", "D-80", "D-82"},
           .sources = {"pid_namespaces(7), /proc and PID namespaces",
                       "fs/proc/root.c proc_init_fs_context()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const int count = trial.Must(ON(host, MountsBeyond(0)));
  const Process maker = host.Clone("maker", CLONE_NEWNS);
  const pid_t maker_pid = maker.PidIn(host);

  trial.Step("Unshare, and mount a proc before the fork");
  trial.Expect(ON(maker, unshare(CLONE_NEWPID)), Succeeds{});
  trial.Expect(ON(maker, MountProc(mounts)), Succeeds{});
  trial.Expect(ON(maker, MountsBeyond(count)), Eq(1));
  trial.Expect(ON(maker, NameOf(1)), Eq(Name("warden")));
  trial.Expect(ON(maker, ProcSelf()), Eq(maker_pid));

  trial.Step("Fork, and let the child look itself up");
  const Process init = maker.Clone("init");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, NameOf(1)), Eq(Name("warden")));

  trial.Step("Let the child mount one");
  trial.Expect(ON(init, MountProc(mounts)), Succeeds{});
  trial.Expect(ON(init, NameOf(1)), Eq(Name("init")));
  trial.Expect(ON(init, ProcSelf()), Eq(1));

  trial.Step("Let both look for themselves through that mount");
  trial.Expect(ON(maker, NameOf(1)), Eq(Name("init")));
  trial.Expect(ON(maker, ProcSelf()), Fails{ENOENT});
  trial.Expect(ON(host, ProcSelf()), Eq(host.PidIn(host)));
  trial.Expect(ON(host, NameOf(maker_pid)), Eq(Name("maker")));
}

EXPERIMENT(MountProcNeedsFork,
           .claim =
               "unshare --mount-proc mounts a proc in a mount namespace of the "
               "command's own; it shows the new namespace only with --fork.",
           .verifies = {"S1-12", "S1-13", "S2-6", "S2-7", "S2-28"},
           .sources = {"unshare(1), --mount-proc",
                       "util-linux sys-utils/unshare.c"},
           .needs = {FreshProc(), UtilLinux("unshare"), Tool("mount", "mount"),
                     Tool("ps", "procps"), Tool("pstree", "psmisc")}) {
  const Process host = trial.Host();
  const int count = trial.Must(ON(host, MountsBeyond(0)));

  trial.Step("Type the tutorials' session, and mount by hand");
  trial.Expect(
      host.Printed({"unshare", "--pid", "--mount", "--fork", "sh", "-c",
                    "ps -p 1 -o ppid=,comm=; "
                    "[ $$ = 1 ] && mount -t proc proc /proc; "
                    "ps -p 1 -o ppid=,comm="}),
      StrEq("0 warden\n0 sh\n"));

  trial.Step("Leave the mount to --mount-proc");
  trial.Expect(host.Printed({"unshare", "--pid", "--fork", "--mount-proc",
                             "cat", "/proc/1/comm"}),
               StrEq("cat\n"));
  trial.Expect(host.Printed({"unshare", "-p", "-f", "-m", "-u", "--mount-proc",
                             "sh", "-c", "pstree -p; :"}),
               StrEq("sh(1)---pstree(2)\n"));
  trial.Expect(ON(host, MountsBeyond(count)), Eq(0));

  trial.Step("Leave out --fork");
  trial.Expect(
      host.Printed({"unshare", "--pid", "--mount-proc", "cat", "/proc/1/comm"}),
      StrEq("warden\n"));
}

}  // namespace
}  // namespace pidlab
