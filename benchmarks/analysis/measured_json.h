// The file of a run, in which every sample is kept: what `pidlab bench run
// --out` writes, and what `show` and `compare` read. pidlab promises these keys
// to other programs that read it.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_JSON_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_JSON_H_

#include <string>
#include <string_view>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

// What a person reads first comes first, and each block pair is a line. Times
// are rounded to whole nanoseconds; bytes that are not UTF-8 are replaced.
std::string JsonText(const Measured& measured);

// Throws Error, which says what is missing or of another type, and where.
Measured MeasuredFromJson(std::string_view text);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_JSON_H_
