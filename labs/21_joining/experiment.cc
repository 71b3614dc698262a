// Joining an existing PID namespace, by nsenter(1) and setns(2): which
// processes get in, which stay outside, and which ways are possible.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/mounts.h"
#include "lib/linux/procfs.h"
#include "lib/linux/thread.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::MatchesRegex;
using ::testing::StrEq;
using Name = Text<64>;

// Whether /proc/FIRST/FILE and /proc/SECOND/ns/pid mean the same namespace.
// Inodes differ in every run, so they are not shown.
Sys<bool> IsPidNamespaceOf(pid_t second, pid_t first, const char* file) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/%s", first, file);
  const Sys<NamespaceId> one = ReadNamespace(path);
  snprintf(path, sizeof(path), "/proc/%d/ns/pid", second);
  const Sys<NamespaceId> other = ReadNamespace(path);
  return {one.value == other.value, one.ok() ? other.err : one.err};
}

std::string PidText(const Process& process, const Process& observer) {
  return std::to_string(process.PidIn(observer));
}

EXPERIMENT(AnyMemberShowsTheWay,
           .claim =
               "nsenter --target takes any process of the PID namespace that "
               "is to be joined, not only its PID 1.",
           .verifies = {"S2-20"},
           .sources = {"nsenter(1), --target",
                       "kernel/pid_namespace.c pidns_get()"},
           .needs = {FreshProc(), UtilLinux("nsenter"), Tool("sh", "dash")}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);
  const auto entered = [&](const Process& target) {
    return host.Printed({"nsenter", "--target", PidText(target, host), "--pid",
                         "sh", "-c", "echo $$, parent $PPID"});
  };

  trial.Step("Enter by way of init, then by way of member");
  trial.Expect(entered(init), StrEq("4, parent 0\n"));
  trial.Expect(entered(member), StrEq("5, parent 0\n"));

  trial.Step("Enter by way of a process that is one level deeper");
  trial.Expect(ON(nested_init, getpid()), Eq(1));
  trial.Expect(entered(nested_init), StrEq("2, parent 0\n"));
}

EXPERIMENT(NsenterForksAndWaitsOutside,
           .claim =
               "nsenter --pid stays where it is and forks; the command is its "
               "child, a real member, and nsenter waits for it.",
           .verifies = {"S2-23"},
           .sources = {"nsenter(1), PID namespace",
                       "util-linux sys-utils/nsenter.c continue_as_child()"},
           .needs = {FreshProc(), UtilLinux("nsenter"), Tool("sh", "dash")}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nsenter = host.Clone("nsenter");
  const pid_t init_pid = init.PidIn(host);
  const pid_t pid = nsenter.PidIn(host);
  const pid_t child = pid + 1;  // the chamber's next number

  trial.Step("Run sh by nsenter --pid");
  Program program =
      nsenter.Exec({"nsenter", "--target", PidText(init, host), "--pid", "sh",
                    "-c", "echo ready; read line; exit 7"});
  program.Await("ready\n");
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::name)),
               Eq(Name("nsenter")));
  trial.Expect(ON(host, StatusOf(child).Get(&ProcessStatus::name)),
               Eq(Name("sh")));

  trial.Step("Compare the numbers of nsenter and sh");
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{4}));
  trial.Expect(ON(host, StatusOf(child).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{5, 2}));
  trial.Expect(ON(host, IsPidNamespaceOf(init_pid, child, "ns/pid")), Eq(true));
  trial.Expect(ON(host, IsPidNamespaceOf(init_pid, pid, "ns/pid")), Eq(false));
  trial.Expect(ON(host, StatusOf(child).Get(&ProcessStatus::ppid)), Eq(pid));

  trial.Step("Let sh end, and see what nsenter makes of it");
  program.CloseInput();
  trial.Expect(host.Reap(nsenter), Eq(Exited(7)));
}

EXPERIMENT(WithoutTheForkTheCommandStaysOutside,
           .claim =
               "nsenter -F leaves the command in the PID namespace of its "
               "caller; only the children of the command get in.",
           .verifies = {"S2-21"},
           .sources = {"nsenter(1), --no-fork", "setns(2), PID namespaces",
                       "kernel/pid_namespace.c pidns_install()"},
           .needs = {FreshProc(), UtilLinux("nsenter"), Tool("sh", "dash")}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process shell = host.Clone("shell");
  const pid_t init_pid = init.PidIn(host);
  const pid_t pid = shell.PidIn(host);

  trial.Step("Let nsenter -F become a shell");
  Program program =
      shell.Exec({"nsenter", "-p", "-F", "-t", PidText(init, host), "/bin/sh"});
  trial.Expect(program.Type("echo $$"), StrEq("4"));
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::name)),
               Eq(Name("sh")));

  trial.Step("Look from outside where that shell is");
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{4}));
  trial.Expect(ON(host, IsPidNamespaceOf(getpid(), pid, "ns/pid")), Eq(true));
  trial.Expect(ON(host, IsPidNamespaceOf(init_pid, pid, "ns/pid_for_children")),
               Eq(true));

  trial.Step("Let it start two commands");
  trial.Expect(program.Type("sh -c 'echo $$, parent $PPID'"),
               StrEq("2, parent 0"));
  trial.Expect(program.Type("sh -c 'echo $$, parent $PPID'"),
               StrEq("3, parent 0"));
}

EXPERIMENT(ItsOwnProcDoesNotShowIt,
           .claim =
               "With -m, nsenter -F looks like a success: what the shell "
               "starts is inside. The shell itself is not in the /proc there.",
           .verifies = {"S2-21"},
           .sources = {"pid_namespaces(7), /proc and PID namespaces",
                       "fs/proc/self.c proc_self_get_link()"},
           .needs = {FreshProc(), UtilLinux("nsenter"), Tool("sh", "dash"),
                     Tool("pstree", "psmisc"),
                     Capable("CAP_SYS_CHROOT", CAP_SYS_CHROOT)}) {
  const Process host = trial.Host();
  const NamespaceId mounts = trial.Must(ON(host, OwnMounts()));
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  trial.Must(ON(init, MountProc(mounts)));
  const Process member = init.Clone("member");
  const std::string target = PidText(init, host);
  const std::string self = "[ -e /proc/self/stat ] && echo there || echo gone";

  trial.Step("Type the tutorial's session");
  const Process shell = host.Clone("shell");
  Program program =
      shell.Exec({"nsenter", "-m", "-p", "-F", "-t", target, "/bin/sh"});
  trial.Expect(program.Type("pstree -p"), StrEq("init(1)---member(2)"));
  trial.Expect(program.Type("grep NSpid /proc/1/status"), StrEq("NSpid:\t1"));

  trial.Step("Let that shell look for itself");
  trial.Expect(program.Type("echo $$"), StrEq("5"));
  trial.Expect(program.Type(self), StrEq("gone"));
  trial.Expect(program.Type("sh -c '" + self + "'"), StrEq("there"));

  trial.Step("Do it with a fork");
  const Process nsenter = host.Clone("nsenter");
  Program forked =
      nsenter.Exec({"nsenter", "-m", "-p", "-t", target, "/bin/sh"});
  trial.Expect(forked.Type("echo $$"), StrEq("6"));
  trial.Expect(forked.Type(self), StrEq("there"));
}

EXPERIMENT(NeitherHasToFork,
           .claim =
               "unshare --pid runs without --fork, as nsenter does with -F; "
               "but its first child is PID 1, and takes the namespace along.",
           .verifies = {"S2-22"},
           .sources = {"unshare(1), --fork", "nsenter(1), --no-fork",
                       "pid_namespaces(7), The namespace init process"},
           .needs = {FreshProc(), UtilLinux("unshare"), UtilLinux("nsenter"),
                     Tool("bash", "bash")}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const std::string target = PidText(init, host);
  const std::string is_outside =
      "[ /proc/$$/ns/pid -ef /proc/1/ns/pid ] && echo $$ is outside";
  const std::string two_children =
      "sh -c 'echo first is $$'; sh -c 'echo second is $$'; :";

  trial.Step("Leave out both forks");
  trial.Expect(host.Printed({"unshare", "-p", "bash", "-c", is_outside}),
               StrEq("4 is outside\n"));
  trial.Expect(host.Printed({"nsenter", "-t", target, "-p", "-F", "bash", "-c",
                             is_outside}),
               StrEq("5 is outside\n"));

  trial.Step("Let both have two children");
  trial.Expect(host.Printed({"unshare", "-p", "bash", "-c", two_children}),
               MatchesRegex("first is 1\n.*fork: Cannot allocate memory\n"));
  trial.Expect(host.Printed({"nsenter", "-t", target, "-p", "-F", "bash", "-c",
                             two_children}),
               StrEq("first is 2\nsecond is 3\n"));
}

EXPERIMENT(TheWayLeadsInwardsOnly,
           .claim =
               "setns(2) takes its caller's own PID namespace and those below "
               "it, at any depth; never one around it or beside it.",
           .verifies = {"D-55"},
           .sources = {"setns(2), PID namespaces",
                       "pid_namespaces(7), Nesting PID namespaces",
                       "kernel/pid_namespace.c pidns_install()"}) {
  const Process host = trial.Host();
  const Process sibling = host.Clone("sibling", CLONE_NEWPID);
  // The processes below inherit the pidfds; they could not open them by a
  // number.
  const pid_t sibling_pid = sibling.PidIn(host);
  const int to_host = trial.Must(ON(host, PidfdOpen(getpid())));
  const int to_sibling = trial.Must(ON(host, PidfdOpen(sibling_pid)));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process mover = init.Clone("mover");
  const Process nested = init.Clone("nested", CLONE_NEWPID);
  const Process innermost = nested.Clone("innermost", CLONE_NEWPID);

  trial.Step("Try the namespace around, and the one beside");
  trial.Expect(ON(mover, setns(to_host, CLONE_NEWPID)), Fails{EINVAL});
  trial.Expect(ON(mover, setns(to_sibling, CLONE_NEWPID)), Fails{EINVAL});

  trial.Step("Try the same descriptors from the namespace around");
  trial.Expect(ON(host, setns(to_sibling, CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(host, setns(to_host, CLONE_NEWPID)), Eq(0));

  trial.Step("Go down one level, then two");
  const int to_mover = trial.Must(ON(mover, PidfdOpen(getpid())));
  const pid_t nested_pid = nested.PidIn(mover);
  const pid_t innermost_pid = innermost.PidIn(mover);
  trial.Expect(ON(mover, CreateChildrenInNamespaceOf(nested_pid)), Succeeds{});
  const Process guest = mover.Clone("guest");
  trial.Expect(ON(guest, getpid()), Eq(3));
  trial.Expect(ON(mover, CreateChildrenInNamespaceOf(innermost_pid)),
               Succeeds{});
  const Process deep_guest = mover.Clone("deep-guest");
  trial.Expect(ON(deep_guest, getpid()), Eq(2));

  trial.Step("Come back, as mover can and its children cannot");
  trial.Expect(ON(deep_guest, setns(to_mover, CLONE_NEWPID)), Fails{EINVAL});
  trial.Expect(ON(mover, setns(to_mover, CLONE_NEWPID)), Eq(0));
  const Process native = mover.Clone("native");
  trial.Expect(ON(native, getppid()), Eq(mover.PidIn(init)));
}

EXPERIMENT(AParentMayBeTwoLevelsAway,
           .claim =
               "A process may have its parent two PID namespaces further out: "
               "setns(2) skips levels, clone(2) and unshare(2) do not.",
           .verifies = {"D-55b"},
           .sources = {"pid_namespaces(7), setns(2) and unshare(2) semantics",
                       "kernel/pid_namespace.c pidns_install()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested = init.Clone("nested", CLONE_NEWPID);
  const pid_t nested_pid = nested.PidIn(host);

  trial.Step("Count the levels between a PID 1 and its parent");
  trial.Expect(ON(host, StatusOf(nested_pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{4, 2, 1}));
  trial.Expect(ON(host, StatusOf(nested_pid).Get(&ProcessStatus::ppid)),
               Eq(init.PidIn(host)));
  const pid_t init_pid = init.PidIn(host);
  trial.Expect(ON(host, StatusOf(init_pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{3, 1}));

  trial.Step("Let host have a child where nested is PID 1");
  trial.Expect(ON(host, CreateChildrenInNamespaceOf(nested_pid)), Succeeds{});
  const Process guest = host.Clone("guest");
  trial.Expect(ON(guest, getpid()), Eq(2));

  trial.Step("Count them between guest and host");
  const pid_t guest_pid = guest.PidIn(host);
  trial.Expect(ON(host, StatusOf(guest_pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{5, 3, 2}));
  trial.Expect(ON(host, StatusOf(guest_pid).Get(&ProcessStatus::ppid)),
               Eq(host.PidIn(host)));
  trial.Expect(ON(host, OwnStatus().Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{2}));
}

// Creates a child that ends at once, and returns the PID that it has for
// itself.
Sys<pid_t> PidOfAChild() {
  const Sys<pid_t> child = Clone3(0);
  if (!child.ok()) return child;
  if (child.value == 0) _exit(getpid());
  const Sys<Ending> ending = WaitFor(child.value);
  return {ending.value.number, ending.err};
}

// A second thread joins the namespace of `target`, and creates a child.
Sys<pid_t> PidOfAChildOfAThreadIn(pid_t target) {
  return InSecondThread([target] {
    const Sys<int> joined = CreateChildrenInNamespaceOf(target);
    return joined.ok() ? PidOfAChild() : Sys<pid_t>::Failed(joined.err);
  });
}

EXPERIMENT(ItIsOfTheCallingThread,
           .claim =
               "setns(2) to a PID namespace is about the children of the "
               "calling thread; those of its other threads are born as before.",
           .verifies = {"D-52b"},
           .sources = {"setns(2), PID namespaces",
                       "kernel/nsproxy.c switch_task_namespaces()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process caller = host.Clone("caller");
  const pid_t init_pid = init.PidIn(host);

  trial.Step("Let a second thread join, and have a child");
  trial.Expect(ON(caller, PidOfAChildOfAThreadIn(init_pid)), Eq(2));

  trial.Step("Let the first thread have a child");
  const Process native = caller.Clone("native");
  trial.Expect(ON(native, getppid()), Eq(caller.PidIn(host)));

  trial.Step("Let the first thread join, too");
  trial.Expect(ON(caller, CreateChildrenInNamespaceOf(init_pid)), Succeeds{});
  trial.Expect(ON(caller, PidOfAChild()), Eq(3));
}

EXPERIMENT(WhatSetnsTakes,
           .claim =
               "setns(2) takes a namespace file, with its type or with 0, and "
               "a pidfd, with one type or several, but not with 0.",
           .verifies = {"D-56"},
           .sources = {"setns(2), ERRORS", "kernel/nsproxy.c setns()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWUTS);
  const Process joiner = host.Clone("joiner");
  const pid_t init_pid = init.PidIn(host);
  const int file = trial.Must(ON(joiner, OpenPidNamespaceOf(init_pid)));
  const int pidfd = trial.Must(ON(joiner, PidfdOpen(init_pid)));
  const int null = trial.Must(ON(joiner, open("/dev/null", O_RDONLY)));

  trial.Step("Give it what it does not take");
  trial.Expect(ON(joiner, setns(file, CLONE_NEWUTS)), Fails{EINVAL});
  trial.Expect(ON(joiner, setns(pidfd, 0)), Fails{EINVAL});
  trial.Expect(ON(joiner, setns(null, 0)), Fails{EINVAL});
  trial.Expect(ON(joiner, setns(-1, 0)), Fails{EBADF});
  const Process native = joiner.Clone("native");
  trial.Expect(ON(native, getppid()), Eq(joiner.PidIn(host)));

  trial.Step("Give it a namespace file, with its type and with 0");
  trial.Expect(ON(joiner, setns(file, CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(joiner, PidOfAChild()), Eq(2));
  trial.Must(ON(joiner, CreateChildrenInNamespaceOf(getpid())));
  trial.Expect(ON(joiner, setns(file, 0)), Eq(0));
  trial.Expect(ON(joiner, PidOfAChild()), Eq(3));

  trial.Step("Give it a pidfd and two types");
  const NamespaceId uts =
      trial.Must(ON(init, ReadNamespace("/proc/self/ns/uts")));
  trial.Must(ON(joiner, CreateChildrenInNamespaceOf(getpid())));
  trial.Expect(ON(joiner, ReadNamespace("/proc/self/ns/uts").value == uts),
               Eq(false));
  trial.Expect(ON(joiner, setns(pidfd, CLONE_NEWPID | CLONE_NEWUTS)), Eq(0));
  trial.Expect(ON(joiner, PidOfAChild()), Eq(4));
  trial.Expect(ON(joiner, ReadNamespace("/proc/self/ns/uts").value == uts),
               Eq(true));

  trial.Step("Give it a file and a pidfd of a zombie");
  const Process member = joiner.Clone("member");
  const pid_t member_pid = member.PidIn(host);
  member.Exit(0);
  member.AwaitDeath();
  const int last_file = trial.Must(ON(host, OpenPidNamespaceOf(member_pid)));
  const int last_pidfd = trial.Must(ON(host, PidfdOpen(member_pid)));
  trial.Expect(ON(host, setns(last_pidfd, CLONE_NEWPID)), Fails{ESRCH});
  trial.Expect(ON(host, setns(last_file, CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(host, PidOfAChild()), Eq(6));
}

}  // namespace
}  // namespace pidlab
