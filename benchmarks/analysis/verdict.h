// What may be said of a ratio, given how well the run resolves.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_VERDICT_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_VERDICT_H_

#include "benchmarks/analysis/ratio.h"

namespace pidlab {

enum class Finding { kSame, kFaster, kSlower, kUnclear };

// "same", "faster", "slower", "unclear"
const char* FindingName(Finding finding);

// The resolution of a run: how far from 1 the ratio of an operation to itself
// (A/A) came to lie, or an end of its interval, and at least half a per cent.
double ResolutionOf(const Ratio& a_a);

// Slower, faster: the whole interval is beyond 1 +- resolution. Same: the value
// is within 1 +- resolution, and the interval within twice that. Else unclear;
// always so with a resolution of 1 or more, which tells nothing apart.
Finding FindingOf(const Ratio& ratio, double resolution);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_VERDICT_H_
