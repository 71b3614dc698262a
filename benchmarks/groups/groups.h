// The groups of pairs that are measured. Each group has its own file, and its
// own table in the output of a run. benchmarks/harness measures the pairs.

#ifndef PIDLAB_BENCHMARKS_GROUPS_GROUPS_H_
#define PIDLAB_BENCHMARKS_GROUPS_GROUPS_H_

#include <vector>

#include "benchmarks/harness/pair.h"

namespace pidlab {

// These are in the order of their tables.
std::vector<Pair> CreatePairs();
std::vector<Pair> PhasesPairs();
std::vector<Pair> WaysPairs();
std::vector<Pair> SetnsPairs();
std::vector<Pair> ProcPairs();
std::vector<Pair> HarnessPairs();
std::vector<Pair> DepthPairs();
std::vector<Pair> TeardownPairs();
std::vector<Pair> LivePairs();
std::vector<Pair> MemoryPairs();
std::vector<Pair> MountsPairs();
std::vector<Pair> CpusPairs();
std::vector<Pair> DeferredPairs();
std::vector<Pair> ApparatusPairs();

// The pairs of all groups, in that order.
std::vector<Pair> AllPairs();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_GROUPS_H_
