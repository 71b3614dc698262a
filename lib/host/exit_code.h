// The exit codes of the programs of pidlab. A script can tell from them what
// happened, and does not have to parse the output.

#ifndef PIDLAB_LIB_HOST_EXIT_CODE_H_
#define PIDLAB_LIB_HOST_EXIT_CODE_H_

namespace pidlab {

enum ExitCode : int {
  kEveryClaimHolds = 0,
  // Or something was skipped under --fail-on-skip, or a bar of the benchmarks
  // was missed, or a cost has changed from one run to the other.
  kClaimViolated = 1,
  kUsage = 2,
  kEverythingSkipped = 4,
  kHarnessFailed = 5,  // or something was left behind
  kInterrupted = 130,
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_EXIT_CODE_H_
