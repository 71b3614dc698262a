// What pidlab exits with. A script can tell from it what happened, and nothing
// else has to be parsed.

#ifndef PIDLAB_LIB_CLI_EXIT_CODES_H_
#define PIDLAB_LIB_CLI_EXIT_CODES_H_

namespace pidlab {

enum ExitCode : int {
  kEveryClaimHolds = 0,
  kClaimViolated = 1,  // or a skip, under --fail-on-skip
  kUsage = 2,
  kEverythingSkipped = 4,
  kHarnessFailed = 5,  // or something was left behind
  kInterrupted = 130,
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_CLI_EXIT_CODES_H_
