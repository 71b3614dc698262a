// How an experiment ends before its last line: the apparatus throws one of
// these, and RunExperiment() catches it. Experiments neither throw nor catch.

#ifndef PIDLAB_LIB_TRIAL_ABANDON_H_
#define PIDLAB_LIB_TRIAL_ABANDON_H_

#include <optional>
#include <string>

#include "lib/trial/record.h"

namespace pidlab {

struct Abandoned {
  Verdict verdict;
  std::string reason;
  std::optional<Skip> skip = std::nullopt;
};

// ^C, or the like: there is no verdict at all.
struct Interrupted {};

[[noreturn]] inline void AbandonAsError(std::string reason) {
  throw Abandoned{Verdict::kError, std::move(reason)};
}
[[noreturn]] inline void AbandonAsFail(std::string reason) {
  throw Abandoned{Verdict::kFail, std::move(reason)};
}
[[noreturn]] inline void AbandonAsSkip(Skip skip) {
  throw Abandoned{Verdict::kSkip, "", std::move(skip)};
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_ABANDON_H_
