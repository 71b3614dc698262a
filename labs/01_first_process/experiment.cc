// The first process of a PID namespace: PID 1, whose parent has no PID inside.

#include "lib/trial/experiment.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "lib/linux/clone.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;

EXPERIMENT(TheFirstProcessIsPidOne,
           .claim =
               "PIDs start at 1 in each new PID namespace, and the parent of "
               "its first process has no PID there.",
           .verifies = {"S2-1", "D-01"},
           .sources = {"pid_namespaces(7), The namespace init process",
                       "kernel/pid.c alloc_pid()"}) {
  const Process host = trial.Host();

  trial.Step("Make a process in a new PID namespace, and ask it who it is");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(host, getpid()), Eq(2));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, gettid()), Eq(1));

  trial.Step("Ask both for their parents");
  trial.Expect(ON(host, getppid()), Eq(1));
  trial.Expect(ON(init, getppid()), Eq(0));

  trial.Step("Let it have a child of its own");
  const Process child = init.Clone("child");
  trial.Expect(ON(child, getpid()), Eq(2));
  trial.Expect(ON(child, getppid()), Eq(1));

  trial.Step("Open a second namespace beside the first");
  const Process twin = host.Clone("twin", CLONE_NEWPID);
  const Process twin_child = twin.Clone("twin-child");
  trial.Expect(ON(twin, getpid()), Eq(1));
  trial.Expect(ON(twin_child, getpid()), Eq(2));

  trial.Step("Let the two of them end, each in its own way");
  init.Exit(7);
  trial.Expect(host.Reap(init), Eq(Exited(7)));
  trial.Expect(ON(twin, getpid()), Eq(1));
  twin.Exit(8);
  trial.Expect(host.Reap(twin), Eq(Exited(8)));
}

EXPERIMENT(AShellThatIsPidOneSaysSo,
           .claim = "In a shell that is the first process, echo $$ prints 1.",
           .verifies = {"S1-8"},
           .sources = {"bash(1), Special Parameters", "getpid(2)"},
           .needs = {Tool("bash", "bash")}) {
  const Process init = trial.Host().Clone("init", CLONE_NEWPID);

  trial.Step("Let the first process become bash, and ask it");
  Program bash = init.Exec({"bash"});
  trial.Expect(bash.Type("echo $$"), StrEq("1"));

  trial.Step("Ask a subshell, too");
  trial.Expect(bash.Type("(echo $$ $BASHPID)"), StrEq("1 2"));
}

// The first four columns of `ps j`.
struct JobIds {
  pid_t ppid;
  pid_t pid;
  pid_t pgid;
  pid_t sid;

  friend bool operator==(const JobIds&, const JobIds&) = default;
  friend std::ostream& operator<<(std::ostream& out, const JobIds& ids) {
    return out << ids.ppid << ' ' << ids.pid << ' ' << ids.pgid << ' '
               << ids.sid;
  }
};

JobIds PpidPidPgidSid() { return {getppid(), getpid(), getpgrp(), getsid(0)}; }

EXPERIMENT(LeadersOutsideAreZeroToo,
           .claim =
               "Like its PPID, the PGID and SID of a process are 0 when the "
               "leader of its group or session is outside of the namespace.",
           .verifies = {"S2-11", "D-01"},
           .sources = {"pid_namespaces(7)", "credentials(7)",
                       "kernel/pid.c pid_nr_ns()"}) {
  const Process host = trial.Host();

  trial.Step("Compare the four numbers of a host and an init");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(host, PpidPidPgidSid()), Eq(JobIds{1, 2, 1, 1}));
  trial.Expect(ON(init, PpidPidPgidSid()), Eq(JobIds{0, 1, 0, 0}));

  trial.Step("Let it lead a process group, as an interactive bash does");
  trial.Expect(ON(init, setpgid(0, 0)), Eq(0));
  trial.Expect(ON(init, PpidPidPgidSid()), Eq(JobIds{0, 1, 1, 0}));

  trial.Step("Let another init lead a session, as a container's does");
  const Process leader = host.Clone("leader", CLONE_NEWPID);
  trial.Expect(ON(leader, setsid()), Eq(1));
  trial.Expect(ON(leader, PpidPidPgidSid()), Eq(JobIds{0, 1, 1, 1}));
}

Sys<pid_t> PPidOf(pid_t pid) { return StatusOf(pid).Get(&ProcessStatus::ppid); }

EXPERIMENT(PpidZeroMeansThatTheParentIsElsewhere,
           .claim =
               "A PPID of 0 means a parent without a PID in this namespace: so "
               "it is for the outer PID 1, for an init, and for a guest.",
           .verifies = {"S2-12"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "kernel/pid.c pid_nr_ns()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Look at the PID 1 of the outer namespace");
  trial.Expect(ON(host, StatusOf(1).Get(&ProcessStatus::name)),
               Eq(Text<64>("warden")));
  trial.Expect(ON(host, PPidOf(1)), Eq(0));

  trial.Step("Look for the parent of an init from inside and from outside");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(init, getppid()), Eq(0));
  trial.Expect(ON(host, PPidOf(init_pid)), Eq(2));

  trial.Step("Send in a second process from outside");
  trial.Must(ON(host, CreateChildrenInNamespaceOf(init_pid)));
  const Process guest = host.Clone("guest");
  trial.Expect(ON(guest, PpidPidPgidSid()), Eq(JobIds{0, 2, 0, 0}));
}

// What clone(2) returned, and the two words in which the kernel stored the TID
// of the child: one in the memory of the parent, one in that of the child.
struct Tids {
  pid_t returned;
  pid_t parent_tid;
  pid_t child_tid;

  friend bool operator==(const Tids&, const Tids&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Tids& tids) {
    return out << "returned " << tids.returned << ", parent_tid "
               << tids.parent_tid << ", child_tid " << tids.child_tid;
  }
};

Sys<Tids> CloneAndStoreTids(uint64_t flags) {
  pid_t parent_tid = 0;
  pid_t child_tid = 0;
  clone_args args{};
  args.flags = flags | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID;
  args.parent_tid = reinterpret_cast<uintptr_t>(&parent_tid);
  args.child_tid = reinterpret_cast<uintptr_t>(&child_tid);
  args.exit_signal = SIGCHLD;
  const auto child =
      static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof(args)));
  if (child < 0) return Sys<Tids>::Failed(errno);
  // The child has its own memory, so it reports what it finds there by its exit
  // status.
  if (child == 0) _exit(child_tid);
  const Sys<Ending> ending = WaitFor(child);
  // If it was killed, it could not report.
  if (ending.value.kind != Ending::Kind::kExited) {
    return Sys<Tids>::Failed(EINTR);
  }
  return {{child, parent_tid, ending.value.number}, ending.err};
}

// Without arguments the call fails with EINVAL, unless there is no such call.
Sys<int> TryClone3() {
  syscall(SYS_clone3, nullptr, 0);
  return {0, errno == EINVAL ? 0 : errno};
}

EXPERIMENT(
    ParentAndChildAreToldDifferentNumbers,
    .claim =
        "For one and the same child, clone() gives the parent its PID in "
        "the parent's namespace, and the child its own PID 1.",
    .verifies = {"D-04"},
    .sources = {"clone(2), CLONE_PARENT_SETTID and CLONE_CHILD_SETTID",
                "kernel/fork.c kernel_clone()",
                "kernel/sched/core.c schedule_tail()"},
    .needs = {KernelFeature("clone3(2) (Linux 5.3)", TryClone3)}) {
  const Process host = trial.Host();

  trial.Step("Let the kernel store the TID of an ordinary child twice");
  trial.Expect(ON(host, CloneAndStoreTids(0)), Eq(Tids{3, 3, 3}));

  trial.Step("Do the same with the first process of a namespace");
  trial.Expect(ON(host, CloneAndStoreTids(CLONE_NEWPID)), Eq(Tids{4, 4, 1}));
}

}  // namespace
}  // namespace pidlab
