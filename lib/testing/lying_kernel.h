// A kernel that lies, for the proof that experiments notice: an experiment is
// run, as it is, in a place where some system calls do not do what they say.
//
// The supervisor stands behind a seccomp filter that hands it those calls of
// the experiment's runner, of every process that descends from it, and of every
// program that these become (seccomp_unotify(2)). It lies by as little as will
// do: it takes a bit out of a call's argument and lets the kernel do the rest,
// or says that a call succeeded that was never made.
//
// Why not the other two ways:
// * A tracer of everybody is seen by what it watches. sig_ignored() of
//   kernel/signal.c keeps every signal but KILL for a traced task, so a traced
//   PID 1 is woken by what ought to be discarded, and a STOP from inside stops
//   it: half of what is taught here would not hold, lie or no lie. A filter
//   changes nothing of that. The supervisor traces, too, but only a process
//   that is in a system call, and as long as it takes to change one register.
// * Another Clone3() at link time lies neither to unshare(2) nor to programs.
//
// Without CLONE_NEWPID a chamber contains nothing. So all of it, the supervisor
// included, is inside of another chamber, the cage, with which it ends.

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
  // The same, but the runner gets its chamber: what is left to notice it is
  // each experiment's own proof.
  kOnlyTheChamber,
  // setns(2) into a PID namespace says 0 and does nothing.
  kNobodyEnters,
  // PID 1 is not protected from the members of its namespace: what has its
  // default action does to it what it would do to anybody.
  kPidOneIsMortal,
  // Whoever sends a signal is told that it was sent. None is.
  kSignalsGoNowhere,
  // prctl(PR_SET_CHILD_SUBREAPER) says 0 and does nothing.
  kNoSubreapers,
  // prctl(PR_SET_PDEATHSIG) says 0 and does nothing.
  kNoDeathSignals,
  // mount(2) of proc says 0 and mounts nothing: the old /proc stays.
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

// What became of the experiment.
struct Testimony {
  // Why there can be no lying kernel here; the rest means nothing then.
  std::string impossible;
  Verdict verdict = Verdict::kError;
  // How many of its calls were lied about.
  int lies = 0;
  // After kNone: the lies that could have been told. Until a kernel lies it is
  // an honest one, so for an experiment that makes the same calls in every run
  // all other lies are this control once more.
  std::set<Lie> possible;
  // What it gives as the reason of its verdict: the first of its words, be that
  // an expectation that did not hold.
  std::string noticed;
};

// An experiment, and what it is told.
struct LieTo {
  const Experiment* experiment;
  Lie lie;
};

// Runs them, each in a cage of its own, several at a time, for most of them
// wait for what never comes. The results have their order. Throws
// std::runtime_error when an experiment comes to no end, or takes its runner
// with it.
std::vector<Testimony> RunOnLyingKernels(const std::vector<LieTo>& runs);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TESTING_LYING_KERNEL_H_
