// A process has a PID in every namespace from its own outwards.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// What `unshare --pid --mount --fork bash` leaves behind: unshare(1), which
// waits, and the shell, which is the first process of a namespace.
struct Pair {
  Process unshare;
  Process bash;
};

Pair UnshareBash(Trial& trial, const Process& parent, const std::string& n) {
  const Process unshare_n = parent.Clone("unshare-" + n);
  trial.Must(ON(unshare_n, unshare(CLONE_NEWPID | CLONE_NEWNS)));
  return {unshare_n, unshare_n.Clone("bash-" + n)};
}

// The line "NSpid:" of /proc/PID/status.
Sys<PidChain> NSpid(const char* path) {
  return ReadStatus(path).Get(&ProcessStatus::ns_pid);
}
EXPERIMENT(AProcessHasOnePidPerLevel,
           .claim =
               "A process has one PID in its own PID namespace and one in each "
               "namespace around it.",
           .verifies = {"S2-17", "S2-18", "D-06"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "kernel/pid.c alloc_pid()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Nest three shells, and read the PIDs of the innermost");
  const auto [unshare_1, bash_1] = UnshareBash(trial, host, "1");
  const auto [unshare_2, bash_2] = UnshareBash(trial, bash_1, "2");
  const auto [unshare_3, bash_3] = UnshareBash(trial, bash_2, "3");
  trial.Expect(ON(bash_1, getpid()), Eq(1));
  trial.Expect(ON(bash_2, getpid()), Eq(1));
  trial.Expect(ON(bash_3, getpid()), Eq(1));
  trial.Expect(ON(host, NSpidOf(8)), Eq(PidChain{8, 5, 3, 1}));

  trial.Step("Count the levels of each pair");
  trial.Expect(ON(host, NSpidOf(3)), Eq(PidChain{3}));
  trial.Expect(ON(host, NSpidOf(4)), Eq(PidChain{4, 1}));
  trial.Expect(ON(host, NSpidOf(5)), Eq(PidChain{5, 2}));
  trial.Expect(ON(host, NSpidOf(6)), Eq(PidChain{6, 3, 1}));
  trial.Expect(ON(host, NSpidOf(7)), Eq(PidChain{7, 4, 2}));

  trial.Step("Kill the innermost shell by its number in the first namespace");
  trial.Expect(ON(bash_1, kill(5, SIGKILL)), Eq(0));
  trial.Expect(unshare_3.Reap(bash_3), Eq(KilledBy(SIGKILL)));
  trial.Expect(ON(host, kill(8, 0)), Fails{ESRCH});
  trial.Expect(ON(bash_2, kill(3, 0)), Fails{ESRCH});
}

EXPERIMENT(TheProcMountDecidesWhereNSpidBegins,
           .claim =
               "The first column of NSpid is the PID in the namespace of the "
               "proc mount, whoever reads it.",
           .verifies = {"S2-19", "S2-24", "D-06"},
           .sources = {"proc(5), /proc/[pid]/status",
                       "fs/proc/array.c task_state()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));

  trial.Step("Nest three shells under the /proc of the host");
  const auto [unshare_1, bash_1] = UnshareBash(trial, host, "1");
  const auto [unshare_2, bash_2] = UnshareBash(trial, bash_1, "2");
  const auto [unshare_3, bash_3] = UnshareBash(trial, bash_2, "3");
  trial.Expect(ON(host, NSpid("/proc/8/status")), Eq(PidChain{8, 5, 3, 1}));

  trial.Step("Let an inner shell read the same file");
  trial.Expect(ON(bash_1, NSpid("/proc/8/status")), Eq(PidChain{8, 5, 3, 1}));

  trial.Step("Give each namespace a /proc of its own");
  trial.Expect(ON(bash_1, MountProc(mounts)), Eq(0));
  trial.Expect(ON(bash_2, MountProc(mounts)), Eq(0));
  trial.Expect(ON(bash_3, MountProc(mounts)), Eq(0));
  trial.Expect(ON(bash_1, NSpid("/proc/5/status")), Eq(PidChain{5, 3, 1}));
  trial.Expect(ON(bash_2, NSpid("/proc/3/status")), Eq(PidChain{3, 1}));
  trial.Expect(ON(bash_3, NSpid("/proc/1/status")), Eq(PidChain{1}));

  trial.Step("Let the host read through the inner mount");
  trial.Expect(ON(host, NSpid("/proc/4/root/proc/5/status")),
               Eq(PidChain{5, 3, 1}));

  trial.Step("Climb from the innermost shell as high as each mount goes");
  trial.Expect(ON(host, ClimbFrom(8)), Eq(PidChain{8, 7, 6, 5, 4, 3, 2, 1}));
  trial.Expect(ON(bash_1, ClimbFrom(5)), Eq(PidChain{5, 4, 3, 2, 1}));
  trial.Expect(ON(bash_2, ClimbFrom(3)), Eq(PidChain{3, 2, 1}));
}

Sys<PidChain> NSpgidOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::ns_pgid);
}
Sys<PidChain> NSsidOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::ns_sid);
}
Sys<PidChain> NStgidOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::ns_tgid);
}

EXPERIMENT(GroupsAndSessionsHaveNumbersAtEveryLevel,
           .claim =
               "NStgid, NSpgid and NSsid are made as NSpid is, with 0 where "
               "the leader of the group or session is outside.",
           .verifies = {"D-08"},
           .sources = {"proc(5), /proc/[pid]/status",
                       "fs/proc/array.c task_state()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Make an init that belongs to a session outside");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(host, NStgidOf(3)), Eq(PidChain{3, 1}));
  trial.Expect(ON(host, NSpidOf(3)), Eq(PidChain{3, 1}));
  trial.Expect(ON(host, NSpgidOf(3)), Eq(PidChain{1, 0}));
  trial.Expect(ON(host, NSsidOf(3)), Eq(PidChain{1, 0}));

  trial.Step("Let it lead a session of its own");
  trial.Expect(ON(init, setsid()), Eq(1));
  trial.Expect(ON(host, NSpgidOf(3)), Eq(PidChain{3, 1}));
  trial.Expect(ON(host, NSsidOf(3)), Eq(PidChain{3, 1}));
}

// A blocked signal stays pending for AwaitSigchld(), even if it would be
// ignored.
int BlockSigchld() {
  sigset_t sigchld;
  sigemptyset(&sigchld);
  sigaddset(&sigchld, SIGCHLD);
  return sigprocmask(SIG_BLOCK, &sigchld, nullptr);
}

// Waits for the next SIGCHLD, and returns its si_pid, the process that has
// ended.
pid_t AwaitSigchld() {
  sigset_t sigchld;
  sigemptyset(&sigchld);
  sigaddset(&sigchld, SIGCHLD);
  siginfo_t info{};
  return sigwaitinfo(&sigchld, &info) < 0 ? -1 : info.si_pid;
}

EXPERIMENT(ParentsHearTheirOwnNumbers,
           .claim =
               "wait() and SIGCHLD name a child by its PID in the namespace of "
               "the parent, not in its own.",
           .verifies = {"D-05"},
           .sources = {"pid_namespaces(7)",
                       "kernel/signal.c do_notify_parent()",
                       "kernel/exit.c wait_task_zombie()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process child = init.Clone("child");

  trial.Step("Let a child end, and listen to its parent");
  trial.Must(ON(init, BlockSigchld()));
  child.Exit(0);
  trial.Expect(ON(init, AwaitSigchld()), Eq(2));
  trial.Expect(ON(init, waitpid(-1, nullptr, 0)), Eq(2));

  trial.Step("Let the parent itself end, and listen to the host");
  trial.Must(ON(host, BlockSigchld()));
  init.Exit(0);
  trial.Expect(ON(host, AwaitSigchld()), Eq(3));
  trial.Expect(ON(host, waitpid(-1, nullptr, 0)), Eq(3));
}

}  // namespace
}  // namespace pidlab
