// How an experiment ends before its last line: the apparatus throws an
// Abandoned, and RunExperiment() makes a verdict of it. Experiments neither
// throw nor catch it.

#ifndef PIDLAB_LIB_TRIAL_ABANDON_H_
#define PIDLAB_LIB_TRIAL_ABANDON_H_

#include <optional>
#include <string>
#include <utility>

#include "lib/trial/record.h"

namespace pidlab {

struct Abandoned {
  Verdict verdict;
  std::string reason;
  std::optional<Skip> skip = std::nullopt;
};

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
