// Only a process that may trace another one can read which namespace that one
// is in. Being root is not what counts.

#include "lib/trial/experiment.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

#include "lib/linux/capabilities.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;

constexpr uint64_t kPtrace = Capability(CAP_SYS_PTRACE);

Sys<Text<256>> NamespaceLinkOf(pid_t pid) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
  return ReadLink(path);
}

EXPERIMENT(
    RootWithoutCapabilitiesCannotLook,
    .claim =
        "readlink(/proc/PID/ns/pid) needs ptrace access to that process: "
        "root that has fewer capabilities than PID 1 gets EACCES.",
    .verifies = {"C-5"},
    .sources = {"namespaces(7), The /proc/pid/ns/ directory",
                "ptrace(2), Ptrace access mode checking",
                "security/commoncap.c cap_ptrace_access_check()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process equal = host.Clone("equal");
  const Process poor = host.Clone("poor");

  // PID 1 is the init of the chamber, which has all capabilities that the host
  // has.
  trial.Step("Look at PID 1 with its own capabilities");
  const auto inside = trial.Must(ON(equal, ReadLink("/proc/self/ns/pid")));
  trial.Expect(ON(equal, ReadLink("/proc/1/ns/pid")), Eq(inside));

  trial.Step("Give all of them up, stay root, and look again");
  trial.Must(ON(poor, KeepCapabilities(0)));
  trial.Expect(ON(poor, getuid()), Eq(0U));
  trial.Expect(ON(poor, ReadLink("/proc/1/ns/pid")), Fails{EACCES});
  trial.Expect(ON(poor, StatusOf(1).Get(&ProcessStatus::pid)), Eq(1));

  trial.Step("Look at somebody who has no more");
  const Process peer = poor.Clone("peer");
  const pid_t peer_pid = peer.PidIn(poor);
  trial.Expect(ON(poor, NamespaceLinkOf(peer_pid)), Eq(inside));
}

EXPERIMENT(
    TheRightToTraceIsEnough,
    .claim =
        "CAP_SYS_PTRACE alone lets a process readlink /proc/1/ns/pid; "
        "without it, each capability that PID 1 has more is one too few.",
    .verifies = {"C-5"},
    .sources = {"ptrace(2), Ptrace access mode checking",
                "security/commoncap.c cap_ptrace_access_check()"},
    .needs = {Capable("CAP_SYS_PTRACE", CAP_SYS_PTRACE), FreshProc()}) {
  const Process host = trial.Host();
  const Process tracer = host.Clone("tracer");
  const Process other = host.Clone("other");
  const auto inside = trial.Must(ON(host, ReadLink("/proc/1/ns/pid")));
  const uint64_t all = trial.Must(ON(host, EffectiveCapabilities()));

  trial.Step("Keep nothing but CAP_SYS_PTRACE");
  trial.Must(ON(tracer, KeepCapabilities(kPtrace)));
  trial.Expect(ON(tracer, ReadLink("/proc/1/ns/pid")), Eq(inside));

  trial.Step("Give up nothing but CAP_SYS_PTRACE");
  trial.Must(ON(other, KeepCapabilities(all & ~kPtrace)));
  trial.Expect(ON(other, ReadLink("/proc/1/ns/pid")), Fails{EACCES});
}

}  // namespace
}  // namespace pidlab
