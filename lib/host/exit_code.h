// What a program of pidlab exits with. A script can tell from it what happened,
// and nothing else has to be parsed.

#ifndef PIDLAB_LIB_HOST_EXIT_CODE_H_
#define PIDLAB_LIB_HOST_EXIT_CODE_H_

namespace pidlab {

enum ExitCode : int {
  kEveryClaimHolds = 0,
  // Or a skip under --fail-on-skip; a bar of the benchmarks that is missed; a
  // cost that has changed from one run to the other.
  kClaimViolated = 1,
  kUsage = 2,
  kEverythingSkipped = 4,
  kHarnessFailed = 5,  // or something was left behind
  kInterrupted = 130,
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_EXIT_CODE_H_
