#include "benchmarks/groups/groups.h"

#include <utility>

namespace pidlab {

std::vector<Pair> AllPairs() {
  constexpr std::vector<Pair> (*kGroups[])() = {
      CreatePairs,  PhasesPairs, WaysPairs,     SetnsPairs,     ProcPairs,
      HarnessPairs, DepthPairs,  TeardownPairs, LivePairs,      MemoryPairs,
      MountsPairs,  CpusPairs,   DeferredPairs, ApparatusPairs,
  };
  std::vector<Pair> all;
  for (const auto& group : kGroups) {
    for (Pair& pair : group()) all.push_back(std::move(pair));
  }
  return all;
}

}  // namespace pidlab
