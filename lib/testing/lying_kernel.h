// Runs experiments on a kernel that lies, to prove that they notice it. The
// experiment is not changed, but some system calls do not do what they say.
//
// A seccomp filter passes these calls to a supervisor: those of the
// experiment's runner, of every process that descends from it, and of every
// program that these execute (seccomp_unotify(2)). The supervisor changes as
// little as possible: it clears a bit in an argument of a call and lets the
// kernel do the rest, or it reports success for a call that was never made.
//
// There are two other ways, which do not work:
// * The experiment would notice a tracer of all its processes. sig_ignored() of
//   kernel/signal.c keeps every signal but SIGKILL for a traced task. So a
//   traced PID 1 is woken by a signal that should be discarded, and a SIGSTOP
//   from inside stops it: half of what is taught here would be false, with or
//   without a lie. A filter changes nothing about that. The supervisor traces,
//   too, but only a process that is in a system call, and only as long as it
//   takes to change one register.
// * Another Clone3() that is linked in would not change unshare(2), or the
//   calls of other programs.
//
// Without CLONE_NEWPID a chamber contains nothing. So everything, including the
// supervisor, is inside another chamber, the outer one, and ends with it.

#ifndef PIDLAB_LIB_TESTING_LYING_KERNEL_H_
#define PIDLAB_LIB_TESTING_LYING_KERNEL_H_

#include <set>
#include <string>
#include <vector>

#include "lib/trial/experiment.h"

namespace pidlab {

enum class Lie {
  // The control: every call passes the supervisor, which lies about none.
  kNone,
  // CLONE_NEWPID has no effect in clone, clone3 and unshare.
  kNoPidNamespaces,
  // The same, but the runner gets its chamber, so that only the experiment
  // itself can notice the lie.
  kOnlyTheChamber,
  // setns(2) into a PID namespace returns 0 and does nothing.
  kNobodyEnters,
  // PID 1 is not protected from the members of its namespace: a signal with its
  // default action does to it what it would do to any other process.
  kPidOneIsMortal,
  // Calls that send a signal report success, but no signal is sent.
  kSignalsGoNowhere,
  // prctl(PR_SET_CHILD_SUBREAPER) returns 0 and does nothing.
  kNoSubreapers,
  // prctl(PR_SET_PDEATHSIG) returns 0 and does nothing.
  kNoDeathSignals,
  // mount(2) of proc returns 0 and mounts nothing: the old /proc stays.
  kProcStaysOld,
  // clone3(2) chooses the PID itself, whatever set_tid says.
  kNobodyChoosesPids,
};

inline constexpr Lie kAllLies[] = {
    Lie::kNone,           Lie::kNoPidNamespaces,
    Lie::kOnlyTheChamber, Lie::kNobodyEnters,
    Lie::kPidOneIsMortal, Lie::kSignalsGoNowhere,
    Lie::kNoSubreapers,   Lie::kNoDeathSignals,
    Lie::kProcStaysOld,   Lie::kNobodyChoosesPids,
};

// "OnlyTheChamber"
const char* LieName(Lie lie);

// The result of an experiment on such a kernel.
struct LieResult {
  // Why the kernel cannot lie here; if this is set, the rest means nothing.
  std::string impossible;
  Verdict verdict = Verdict::kError;
  // How many of its calls were lied about.
  int lies = 0;
  // After kNone: the lies that could have been told. Until a kernel tells a lie
  // it is honest. So if an experiment makes the same calls in every run, a run
  // with any other lie would be the same as this control.
  std::set<Lie> possible;
  // The beginning of the reason for its verdict, for example an expectation
  // that did not hold.
  std::string noticed;
};

// An experiment, and the lie that it is told.
struct LieTo {
  const Experiment* experiment;
  Lie lie;
};

// Runs each of them in an outer chamber of its own, several at a time, because
// most of them wait for something that never comes. The results have the same
// order. Throws std::runtime_error when an experiment does not end, or takes
// its runner with it.
std::vector<LieResult> RunOnLyingKernels(const std::vector<LieTo>& runs);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TESTING_LYING_KERNEL_H_
