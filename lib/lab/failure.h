// What there is to say of a run that did not pass: of a violated claim, what
// was expected and observed; of a skip, what is missing and what helps. A line
// for a table, a block for a reader.

#ifndef PIDLAB_LIB_LAB_FAILURE_H_
#define PIDLAB_LIB_LAB_FAILURE_H_

#include <string>

#include "lib/trial/experiment.h"

namespace pidlab {

// The first expectation that was not met, or what the record says itself; ""
// for a PASS.
std::string FailureLine(const Record& record);

// Why it failed, below a heading of the caller's: "expected  ...", and so on,
// one line each with its end, at most 80 columns. "" for a PASS.
std::string FailureReasons(const Record& record, const std::string& indent);

// All of it: the verdict, the claim, its sources, the reasons, and how to see
// it again. "" for a PASS.
std::string FailureBlock(const Record& record, const Experiment& experiment);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_FAILURE_H_
