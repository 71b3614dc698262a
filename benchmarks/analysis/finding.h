// What may be said of a ratio, given the resolution of its run. How sure the
// ratio is, it does not find out: see ratio.h.

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
//   same            The value is within 1 +- resolution, and the interval
//   within
//                   twice that.
//   unclear         Neither is so; or the resolution is 1 or more, which tells
//                   nothing apart.
Finding FindingOf(const Ratio& ratio, double resolution);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_FINDING_H_
