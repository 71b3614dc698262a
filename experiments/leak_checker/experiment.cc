// Why the leak check of the sanitizers (LeakSanitizer) needs care in programs
// that make PID namespaces: at exit it starts a helper, which stops the process
// by ptrace(2) to look at its memory. lib/testing/sanitized_test.sh tries real
// sanitized programs.

#include "lib/trial/experiment.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "lib/linux/clone.h"

namespace pidlab {
namespace {

// Starts a helper that tries to trace the caller. Returns 0, or the errno that
// the helper got.
Sys<int> BeTracedByAHelper() {
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // for Yama, if it is there
  const pid_t self = getpid();
  const Sys<pid_t> helper = Clone3(0);
  if (!helper.ok()) return Sys<int>::Failed(helper.err);
  if (helper.value == 0) {
    // Tracing ends with the helper.
    _exit(ptrace(PTRACE_SEIZE, self, nullptr, nullptr) == 0 ? 0 : errno);
  }
  const Sys<Ending> ending = WaitFor(helper.value);
  return {0, ending.ok() ? ending.value.number : ending.err};
}

EXPERIMENT(ALeakCheckerCannotLookAtWhoHasUnshared,
           .claim =
               "A helper that a process starts after unshare(CLONE_NEWPID) is "
               "born in the new namespace, and cannot trace its maker.",
           .verifies = {"C-6"},
           .sources = {"pid_namespaces(7), setns(2) and unshare(2) semantics",
                       "compiler-rt, sanitizer_stoptheworld_linux_libcdep.cpp "
                       "StopTheWorld()"},
           .needs = {Tracing()}) {
  const Process host = trial.Host();

  trial.Step("Let a helper trace its maker");
  const Process ordinary = host.Clone("ordinary");
  trial.Expect(ON(ordinary, BeTracedByAHelper()), Succeeds{});

  trial.Step("Let the maker unshare first");
  const Process unshared = host.Clone("unshared");
  trial.Must(ON(unshared, unshare(CLONE_NEWPID)));
  trial.Expect(ON(unshared, BeTracedByAHelper()), Fails{ESRCH});

  trial.Step("Ask for another helper, after the end of the first");
  trial.Expect(ON(unshared, BeTracedByAHelper()), Fails{ENOMEM});
}

}  // namespace
}  // namespace pidlab
