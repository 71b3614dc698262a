// unshare(CLONE_NEWPID) does not move its caller: it moves the children that
// are created afterwards.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::MatchesRegex;
using ::testing::StrEq;
using Name = Text<64>;

// Inodes differ in every run, so they are compared where they are read.
Sys<bool> IsIn(NamespaceId id) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/pid");
  return {own.value == id, own.err};
}

Sys<bool> NextChildIsBornIn(NamespaceId id) {
  const Sys<NamespaceId> next = ReadNamespace("/proc/self/ns/pid_for_children");
  return {next.value == id, next.err};
}

EXPERIMENT(
    TheCallerStaysItsChildrenGo,
    .claim =
        "The caller of unshare(CLONE_NEWPID) stays in its PID namespace; "
        "its next child is PID 1 of the new one, the one after it PID 2.",
    .verifies = {"S2-9", "S2-10", "D-02"},
    .sources = {"unshare(2), CLONE_NEWPID",
                "pid_namespaces(7), Semantics of nesting PID namespaces",
                "kernel/nsproxy.c create_new_namespaces()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process caller = host.Clone("caller");
  const NamespaceId outer =
      trial.Must(ON(caller, ReadNamespace("/proc/self/ns/pid")));

  trial.Step("Let a process call unshare(CLONE_NEWPID)");
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(caller, getpid()), Eq(3));
  trial.Expect(ON(caller, IsIn(outer)), Eq(true));

  trial.Step("Let it have two children");
  const Process first = caller.Clone("first");
  const Process second = caller.Clone("second");
  trial.Expect(ON(first, getpid()), Eq(1));
  trial.Expect(ON(second, getpid()), Eq(2));
  trial.Expect(ON(first, IsIn(outer)), Eq(false));

  trial.Step("Ask both for their parent");
  trial.Expect(ON(first, getppid()), Eq(0));
  trial.Expect(ON(second, getppid()), Eq(0));

  trial.Step("Let host join that namespace by setns");
  const pid_t first_pid = first.PidIn(host);
  trial.Expect(ON(host, CreateChildrenInNamespaceOf(first_pid)), Succeeds{});
  trial.Expect(ON(host, getpid()), Eq(2));
  trial.Expect(ON(host, IsIn(outer)), Eq(true));
  const Process guest = host.Clone("guest");
  trial.Expect(ON(guest, getpid()), Eq(3));
}

EXPERIMENT(PidForChildrenTellsWhereTheNextChildIsBorn,
           .claim =
               "/proc/self/ns/pid_for_children is the namespace of the next "
               "child; after unshare(2) it is empty until there is a PID 1.",
           .verifies = {"D-03"},
           .sources = {"namespaces(7), The /proc/pid/ns/ directory",
                       "kernel/pid_namespace.c pidns_for_children_get()"},
           .needs = {FreshProc()}) {
  const Process caller = trial.Host().Clone("caller");
  const NamespaceId outer =
      trial.Must(ON(caller, ReadNamespace("/proc/self/ns/pid")));

  trial.Step("Look where the next child will be born");
  trial.Expect(ON(caller, NextChildIsBornIn(outer)), Eq(true));

  trial.Step("Call unshare(CLONE_NEWPID), and look again");
  trial.Expect(ON(caller, unshare(CLONE_NEWPID)), Eq(0));
  trial.Expect(ON(caller, NextChildIsBornIn(outer)), Fails{ENOENT});

  trial.Step("Let the first child be born");
  const Process init = caller.Clone("init");
  const NamespaceId inner =
      trial.Must(ON(init, ReadNamespace("/proc/self/ns/pid")));
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(caller, NextChildIsBornIn(inner)), Eq(true));
  trial.Expect(ON(caller, NextChildIsBornIn(outer)), Eq(false));

  trial.Step("Let it end, and try to have another");
  init.Exit(0);
  trial.Expect(caller.Reap(init), Eq(Exited(0)));
  trial.Expect(ON(caller, NextChildIsBornIn(inner)), Eq(true));
  trial.Expect(caller.TryClone(), Fails{ENOMEM});
}

EXPERIMENT(ExecDoesNotMoveItEither,
           .claim =
               "unshare --pid without --fork leaves the command outside: its "
               "first child is PID 1, and when that ends, fork fails.",
           .verifies = {"S1-16"},
           .sources = {"unshare(1), --fork", "pid_namespaces(7)",
                       "kernel/pid.c alloc_pid()"},
           .needs = {FreshProc(), UtilLinux("unshare"), Tool("bash", "bash")}) {
  const Process host = trial.Host();

  trial.Step("Run bash by unshare --pid, without --fork");
  trial.Expect(host.Printed({"unshare", "--pid", "bash", "-c",
                             "[ /proc/$$/ns/pid -ef /proc/1/ns/pid ] && "
                             "echo $$ is outside"}),
               StrEq("3 is outside\n"));

  trial.Step("Let such a bash start two commands, one after the other");
  trial.Expect(
      host.Printed({"unshare", "--pid", "bash", "-c",
                    "sh -c 'echo first is $$'; sh -c 'echo second'; :"}),
      MatchesRegex("first is 1\n.*fork: Cannot allocate memory\n"));
}

EXPERIMENT(WithForkTheCommandIsTheChild,
           .claim =
               "unshare --pid --fork stays where it is and waits; the command "
               "takes the place of its child, PID 1 of the new namespace.",
           .verifies = {"S2-5", "S2-9"}, .sources = {"unshare(1), --fork"},
           .needs = {FreshProc(), UtilLinux("unshare"), Tool("sh", "dash")}) {
  const Process host = trial.Host();
  const Process unshare = host.Clone("unshare");
  const pid_t pid = unshare.PidIn(host);
  const pid_t child = pid + 1;  // the chamber's next number

  trial.Step("Run sh by unshare --pid --fork");
  Program program = unshare.Exec({"unshare", "--pid", "--fork", "sh", "-c",
                                  "echo ready; read line; exit 7"});
  program.Await("ready\n");
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::name)),
               Eq(Name("unshare")));
  trial.Expect(ON(host, StatusOf(child).Get(&ProcessStatus::name)),
               Eq(Name("sh")));

  trial.Step("Compare the numbers of the two");
  trial.Expect(ON(host, StatusOf(pid).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{3}));
  trial.Expect(ON(host, StatusOf(child).Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{4, 1}));
  trial.Expect(ON(host, StatusOf(child).Get(&ProcessStatus::ppid)), Eq(3));

  trial.Step("Let sh end, and see what unshare makes of it");
  program.CloseInput();
  trial.Expect(host.Reap(unshare), Eq(Exited(7)));
}

}  // namespace
}  // namespace pidlab
