// Chooses the pairs that a run measures.

#ifndef PIDLAB_BENCHMARKS_GROUPS_CHOOSE_PAIRS_H_
#define PIDLAB_BENCHMARKS_GROUPS_CHOOSE_PAIRS_H_

#include <string>
#include <vector>

#include "benchmarks/harness/pair.h"

namespace pidlab {

// The pairs whose names match the filter, an extended regular expression;
// without a filter, all pairs, or all of a quick run. A/A is always among them,
// since a run without it shows nothing. In a quick run they have fewer blocks.
// Throws Error (usage) if the filter is not a regular expression, or matches
// nothing.
std::vector<Pair> ChoosePairs(const std::string& filter, bool quick);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_CHOOSE_PAIRS_H_
