// A process that makes a namespace moves into it at once, for most types. Into
// a PID namespace it does not, and that is the purpose of --fork; by itself,
// --fork makes no namespace.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::StrEq;
using Name = Text<64>;
using Names = Text<128>;

constexpr const char* kLinks[] = {
    "cgroup", "ipc",
    "mnt",    "net",
    "pid",    "pid_for_children",
    "time",   "time_for_children",
    "user",   "uts",
};

// The links below /proc/PID/ns that lead to another namespace than the caller's
// own links, or (pid_for_children, before there is a PID 1) to none.
Sys<Names> NamespacesApart(pid_t pid) {
  char path[32];
  snprintf(path, sizeof(path), "/proc/%d/ns", pid);
  const Fd theirs(open(path, O_PATH | O_CLOEXEC));
  const Fd ours(open("/proc/self/ns", O_PATH | O_CLOEXEC));
  if (!theirs.valid() || !ours.valid()) return Sys<Names>::Failed(errno);
  Names apart;
  for (const char* link : kLinks) {
    const Sys<NamespaceId> own = ReadNamespace(link, ours.get());
    const Sys<NamespaceId> other = ReadNamespace(link, theirs.get());
    if (own.err == ENOENT) continue;  // this kernel does not have it
    for (const int err : {own.err, other.err}) {
      if (err != 0 && err != ENOENT) return Sys<Names>::Failed(err);
    }
    if (other.ok() && other.value == own.value) continue;
    if (!apart.view().empty()) apart.Append(" ");
    apart.Append(link);
  }
  return {apart.view().empty() ? Names("none") : apart};
}

EXPERIMENT(MostNamespacesTakeTheirCallerIn,
           .claim =
               "unshare(2) moves its caller into a new uts, ipc or mount "
               "namespace at once; into a new PID namespace it moves only the "
               "children.",
           .verifies = {"S2-3"},
           .sources = {"unshare(2)", "namespaces(7)",
                       "kernel/nsproxy.c create_new_namespaces()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Compare a process with its parent");
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("none")));

  trial.Step("Let it unshare uts, then ipc and mount");
  trial.Expect(ON(caller, unshare(CLONE_NEWUTS)), Eq(0));
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("uts")));
  trial.Expect(ON(caller, unshare(CLONE_NEWIPC | CLONE_NEWNS)), Eq(0));
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("ipc mnt uts")));

  trial.Step("Let it unshare pid, and have a child");
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Eq(0));
  const Process child = caller.Clone("child");
  trial.Expect(ON(host, NamespacesApart(3)),
               Eq(Names("ipc mnt pid_for_children uts")));
  trial.Expect(ON(host, NamespacesApart(4)),
               Eq(Names("ipc mnt pid pid_for_children uts")));
  trial.Expect(ON(caller, getpid()), Eq(3));
  trial.Expect(ON(child, getpid()), Eq(1));
}

Sys<int> HasTimeNamespaces() {
  return {0, ReadNamespace("/proc/self/ns/time_for_children").err};
}

EXPERIMENT(ATimeNamespaceWaitsForTheChildrenToo,
           .claim =
               "The PID namespace is not the only one: a new time namespace "
               "does not take its caller in at once either, but its next "
               "child.",
           .verifies = {"S2-3"},
           .sources = {"time_namespaces(7)",
                       "kernel/time/namespace.c timens_on_fork()"},
           .needs = {FreshProc(), KernelFeature("time namespaces (Linux 5.6)",
                                                HasTimeNamespaces)}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");

  trial.Step("Let a process unshare time");
  trial.Expect(ON(caller, unshare(CLONE_NEWTIME)), Eq(0));
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("time_for_children")));

  trial.Step("Let it have a child");
  const Process child = caller.Clone("child");
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("time_for_children")));
  trial.Expect(ON(host, NamespacesApart(4)),
               Eq(Names("time time_for_children")));
}

EXPERIMENT(UnshareBecomesItsCommand,
           .claim =
               "Without --fork, unshare(1) makes way for its command, which "
               "has its PID; with --pid --fork it stays, and the command is "
               "its child.",
           .verifies = {"S2-3"}, .sources = {"unshare(1), --fork", "execve(2)"},
           .needs = {FreshProc(), UtilLinux("unshare"), Tool("sh", "dash")}) {
  const Process host = trial.Host();

  trial.Step("Run sh by unshare --uts --ipc");
  const Process command = host.Clone("command");
  Program alone = command.Exec(
      {"unshare", "--uts", "--ipc", "sh", "-c", "echo $$; read line; exit 7"});
  alone.Await("3\n");
  trial.Expect(ON(host, NameOf(3)), Eq(Name("sh")));
  trial.Expect(ON(host, PPidOf(3)), Eq(2));
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("ipc uts")));
  trial.Expect(ON(host, kill(4, 0)), Fails{ESRCH});

  trial.Step("Run another by unshare --uts --ipc --pid --fork");
  const Process parent = host.Clone("unshare");
  Program pair = parent.Exec({"unshare", "--uts", "--ipc", "--pid", "--fork",
                              "sh", "-c", "echo $$; read line; exit 7"});
  pair.Await("1\n");
  trial.Expect(ON(host, NameOf(4)), Eq(Name("unshare")));
  trial.Expect(ON(host, NameOf(5)), Eq(Name("sh")));
  trial.Expect(ON(host, PPidOf(5)), Eq(4));
  trial.Expect(ON(host, NamespacesApart(4)),
               Eq(Names("ipc pid_for_children uts")));
  trial.Expect(ON(host, NamespacesApart(5)),
               Eq(Names("ipc pid pid_for_children uts")));

  trial.Step("Let both commands end");
  alone.CloseInput();
  pair.CloseInput();
  trial.Expect(host.Reap(command), Eq(Exited(7)));
  trial.Expect(host.Reap(parent), Eq(Exited(7)));
}

Sys<Name> HostName() {
  utsname system{};
  if (uname(&system) != 0) return Sys<Name>::Failed(errno);
  return {Name(system.nodename)};
}

// Prints the PID, and what \h in the prompt stands for.
const char* const kShowPidAndPrompt = "h='\\h'; echo $$ ${h@P}";

// With an impossible length, a process that may set the name gets EINVAL, and
// nothing is set.
Sys<int> TryHostName() {
  const Sys<Ending> ending = InChild(CLONE_NEWUTS, [] {
    syscall(SYS_sethostname, nullptr, -1);
    return errno == EINVAL ? 0 : errno;
  });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

EXPERIMENT(AnExecKeepsPidOneAndReadsTheNewName,
           .claim =
               "A hostname that is set inside is seen inside only; bash shows "
               "it after an exec of itself, which leaves it PID 1.",
           .verifies = {"S2-4"},
           .sources = {"uts_namespaces(7)", "execve(2)", "bash(1), PROMPTING"},
           .needs = {Tool("bash", "bash"),
                     Permission("permission to set a hostname of one's own",
                                TryHostName,
                                "in a container whose seccomp profile has "
                                "sethostname")}) {
  const Process outside = trial.Host().Clone("outside", CLONE_NEWUTS);
  trial.Must(ON(outside, sethostname("old", 3)));

  trial.Step("Let bash be PID 1 of new PID and uts namespaces");
  const Process init = outside.Clone("bash", CLONE_NEWPID | CLONE_NEWUTS);
  const Process member = init.Clone("member");
  Program bash = init.Exec({"bash"});
  trial.Expect(bash.Type(kShowPidAndPrompt), StrEq("1 old"));

  trial.Step("Set another hostname inside");
  trial.Expect(ON(member, sethostname("ns1", 3)), Eq(0));
  trial.Expect(ON(member, HostName()), Eq(Name("ns1")));
  trial.Expect(ON(outside, HostName()), Eq(Name("old")));
  trial.Expect(bash.Type(kShowPidAndPrompt), StrEq("1 old"));

  trial.Step("Type exec bash, as tutorial 2 does");
  bash.Write("exec bash\n");
  trial.Expect(bash.Type(kShowPidAndPrompt), StrEq("1 ns1"));
  trial.Expect(ON(member, getppid()), Eq(1));
  trial.Expect(ON(outside, HostName()), Eq(Name("old")));
}

EXPERIMENT(ForkAloneMakesNoNamespace,
           .claim =
               "unshare --fork without the name of a namespace makes a child "
               "and no namespace; with one, both are in the new one.",
           .verifies = {"S2-16"}, .sources = {"unshare(1), --fork"},
           .needs = {FreshProc(), UtilLinux("unshare"),
                     Tool("cat", "coreutils")}) {
  const Process host = trial.Host();

  trial.Step("Run cat by unshare --fork");
  const Process first = host.Clone("unshare");
  Program cat = first.Exec({"unshare", "--fork", "cat"});
  cat.Write("echo\n");
  cat.Await("echo\n");
  trial.Expect(ON(host, NameOf(3)), Eq(Name("unshare")));
  trial.Expect(ON(host, NameOf(4)), Eq(Name("cat")));
  trial.Expect(ON(host, PPidOf(4)), Eq(3));
  trial.Expect(ON(host, NamespacesApart(3)), Eq(Names("none")));
  trial.Expect(ON(host, NamespacesApart(4)), Eq(Names("none")));

  trial.Step("Run another by unshare --fork --ipc");
  const Process second = host.Clone("unshare-ipc");
  Program other = second.Exec({"unshare", "--fork", "--ipc", "cat"});
  other.Write("echo\n");
  other.Await("echo\n");
  trial.Expect(ON(host, NamespacesApart(5)), Eq(Names("ipc")));
  trial.Expect(ON(host, NamespacesApart(6)), Eq(Names("ipc")));

  trial.Step("Let both of them end");
  cat.CloseInput();
  other.CloseInput();
  trial.Expect(host.Reap(first), Eq(Exited(0)));
  trial.Expect(host.Reap(second), Eq(Exited(0)));
}

Sys<SignalSet> BlockedBy(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::blocked);
}

constexpr SignalSet kIntAndTerm{SignalSet::Of(SIGINT).bits |
                                SignalSet::Of(SIGTERM).bits};

EXPERIMENT(ItIsNoSubshell,
           .claim =
               "unshare --fork differs from a subshell: it waits, blocks INT "
               "and TERM meanwhile, and ends as its command ended.",
           .verifies = {"S2-16"},
           .sources = {"unshare(1), --fork", "bash(1), Compound Commands"},
           .needs = {FreshProc(), UtilLinux("unshare"),
                     Tool("cat", "coreutils"), Tool("bash", "bash")}) {
  const Process host = trial.Host();
  const Process parent = host.Clone("unshare");

  trial.Step("Run cat by unshare --fork, and see what both block");
  Program cat = parent.Exec({"unshare", "--fork", "cat"});
  cat.Write("echo\n");
  cat.Await("echo\n");
  trial.Expect(ON(host, BlockedBy(3)), Eq(kIntAndTerm));
  trial.Expect(ON(host, BlockedBy(4)), Eq(SignalSet{}));

  trial.Step("Send TERM to unshare");
  trial.Expect(ON(host, kill(3, SIGTERM)), Eq(0));
  trial.Expect(ON(host, StatusOf(3).Get(&ProcessStatus::pending)),
               Eq(SignalSet::Of(SIGTERM)));

  trial.Step("Send HUP to cat");
  trial.Expect(ON(host, kill(4, SIGHUP)), Eq(0));
  trial.Expect(host.Reap(parent), Eq(KilledBy(SIGHUP)));

  trial.Step("Run (cat) in bash, and send TERM to the subshell");
  const Process shell = host.Clone("bash");
  Program bash = shell.Exec({"bash", "-c", "(cat); exit $?"});
  bash.Write("echo\n");
  bash.Await("echo\n");
  trial.Expect(ON(host, PPidOf(6)), Eq(5));
  trial.Expect(ON(host, NameOf(6)), Eq(Name("cat")));
  trial.Expect(ON(host, BlockedBy(6)), Eq(SignalSet{}));
  trial.Expect(ON(host, kill(6, SIGTERM)), Eq(0));
  trial.Expect(host.Reap(shell), Eq(Exited(128 + SIGTERM)));
}

}  // namespace
}  // namespace pidlab
