// What a ratio shows, given the resolution of its run. ratio.h computes how
// sure the ratio is.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_FINDING_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_FINDING_H_

#include "benchmarks/analysis/ratio.h"

namespace pidlab {

enum class Finding { kSame, kFaster, kSlower, kUnclear };

// "same", "faster", "slower", "unclear"
const char* FindingName(Finding finding);

// The resolution of a run: how far from 1 the ratio of an operation to itself
// (A/A) is, or an end of its interval if that is farther; at least half a per
// cent.
double ResolutionOf(const Ratio& a_a);

//   slower, faster  The whole interval is beyond 1 +- resolution.
//   same            The value is within 1 +- resolution, and the interval is
//                   within twice that.
//   unclear         Neither is true; or the resolution is 1 or more, so that no
//                   difference can be seen.
Finding FindingOf(const Ratio& ratio, double resolution);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_FINDING_H_
