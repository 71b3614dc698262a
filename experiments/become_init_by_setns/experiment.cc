// Which process can create the first process of a PID namespace.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// Calls setns(2) with the namespace in which the children of `pid` are created.
Sys<int> CreateChildrenWhere(pid_t pid) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/ns/pid_for_children", pid);
  const Fd file(open(path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Sys<int>::Failed(errno);
  return FromErrno(setns(file.get(), CLONE_NEWPID));
}

// The expectation does not depend on the kernel version, but on whether the
// empty namespace can be entered.
EXPERIMENT(
    TheFirstToEnterAnEmptyNamespaceCreatesItsInit,
    .claim =
        "The first process that is created in a PID namespace is its init. "
        "Since Linux 7.1 a process that has not made the namespace can create "
        "it, by setns; before, no process can enter an empty namespace "
        "(ENOENT).",
    .verifies = {"X-12"},
    .sources = {"pid_namespaces(7)",
                "kernel/pid_namespace.c pidns_for_children_get()",
                "tools/testing/selftests/pid_namespace/pidns_init_via_setns.c"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process maker = host.Clone("maker");
  const Process guest = host.Clone("guest");
  const pid_t maker_pid = maker.PidIn(guest);

  trial.Step("Make an empty namespace, and let somebody else enter it");
  trial.Must(ON(maker, unshare(CLONE_NEWPID)));
  const auto entered = ON(guest, CreateChildrenWhere(maker_pid)).Run();
  const bool guest_comes_first = entered.ok();
  if (guest_comes_first) {
    trial.Expect(entered, Eq(0));
  } else {
    trial.Expect(entered, Fails{ENOENT});
  }

  trial.Step("Let the first one that can create a child there do so");
  const Process& first = guest_comes_first ? guest : maker;
  const Process init = first.Clone("init");
  trial.Expect(ON(init, getpid()), Eq(1));
  trial.Expect(ON(init, OwnStatus().Get(&ProcessStatus::ns_pid)),
               Eq(PidChain{init.PidIn(host), 1}));

  trial.Step("Let the other one create a second child");
  if (!guest_comes_first) {
    trial.Expect(ON(guest, CreateChildrenWhere(maker_pid)), Eq(0));
  }
  const Process& second = guest_comes_first ? maker : guest;
  const Process member = second.Clone("member");
  trial.Expect(ON(member, getpid()), Eq(2));
  trial.Expect(ON(init, kill(2, 0)), Eq(0));
}

}  // namespace
}  // namespace pidlab
