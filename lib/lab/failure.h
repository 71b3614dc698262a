// Describes a run that did not pass. For a violated claim it says what was
// expected and observed, for a skip what is missing and what helps. There is a
// line for a table, and a block for a reader.

#ifndef PIDLAB_LIB_LAB_FAILURE_H_
#define PIDLAB_LIB_LAB_FAILURE_H_

#include <string>

#include "lib/trial/experiment.h"

namespace pidlab {

// The first expectation that was not met, or else the reason that the record
// has; "" for a PASS.
std::string FailureLine(const Record& record);

// Why it failed, to be printed below a heading of the caller: "expected ..."
// and so on, in lines of at most 80 columns, each with its newline. "" for a
// PASS.
std::string FailureReasons(const Record& record, const std::string& indent);

// The whole block: the verdict, the claim, its sources, the reasons, and the
// command that runs it again. "" for a PASS.
std::string FailureBlock(const Record& record, const Experiment& experiment);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_FAILURE_H_
