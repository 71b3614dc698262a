// The results of a run, as tables for a terminal of 80 columns: where it
// measured and what makes that doubtful, then a table for each group, then what
// was omitted.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_TABLE_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_TABLE_H_

#include <string>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

// The resolution of a run is that of the coarsest of its A/A comparisons. It is
// 1 if there is none: then no difference can be seen.
double ResolutionOf(const Measured& measured);

// A few lines: the machine, how it was measured, and each doubt in a line of
// its own that begins with DOUBTFUL or INCOMPLETE.
std::string Head(const Measured& measured);

std::string Tables(const Measured& measured);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_TABLE_H_
