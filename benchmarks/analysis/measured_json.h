// The file of a run, in which every sample is kept: what `pidlab bench run
// --out` writes, and what `show` and `compare` read. Its keys are promised to
// those who read it with something else.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_JSON_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_JSON_H_

#include <string>
#include <string_view>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

// What a human reads first comes first, and each block pair is a line. A
// fraction of a nanosecond is rounded away; bytes that are no UTF-8 are
// replaced.
std::string JsonText(const Measured& measured);

// Throws Error, with what is missing or of another kind, and where.
Measured MeasuredFromJson(std::string_view text);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_JSON_H_
