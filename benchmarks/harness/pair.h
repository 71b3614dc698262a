// A pair is two operations that are measured in turns, block by block, in
// random order, so that what disturbs one disturbs the other: what repeats is
// their ratio, and not the time of either.

#ifndef PIDLAB_BENCHMARKS_HARNESS_PAIR_H_
#define PIDLAB_BENCHMARKS_HARNESS_PAIR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/harness/limits.h"
#include "benchmarks/harness/operation.h"
#include "benchmarks/harness/stage.h"

namespace pidlab {

struct Pair {
  // Where it stands: see Comparison in benchmarks/analysis/measured.h.
  std::string group;
  std::string row;
  std::string base_name;
  std::optional<int64_t> x = std::nullopt;

  Operation subject;
  Operation base;
  // Of each phase that both operations have: its row is "ROW PHASE".
  std::vector<std::string> phases = {};

  // The process in which both are repeated; the base in another one, if it is
  // said.
  StagePlan stage = {};
  std::optional<StagePlan> base_stage = std::nullopt;

  // What the kernel or the machine must allow, if it may be missing: the first
  // sample tries it. "Linux 5.6", say. If it is empty, any errno is a failure.
  std::string needs = {};
  // What would make it run where it does not.
  std::string to_run = {};
  Amounts amounts = {};

  // In each round, which is one repetition of its benchmark: so many pairs of
  // blocks of so many samples a side.
  int blocks = 10;
  int block_samples = 10;
  double quantile = 0.10;
  bool quick = false;  // part of a quick run
};

// "create/PID/vfork", as the filter sees it.
std::string NameOf(const Pair& pair);

// The groups, each in a file of its own, in the order of their tables.
std::vector<Pair> CreatePairs();
std::vector<Pair> PhasesPairs();
std::vector<Pair> WaysPairs();
std::vector<Pair> SetnsPairs();
std::vector<Pair> ProcPairs();
std::vector<Pair> HarnessPairs();
std::vector<Pair> DepthPairs();
std::vector<Pair> ProcessesPairs();
std::vector<Pair> LivePairs();
std::vector<Pair> MemoryPairs();
std::vector<Pair> MountsPairs();
std::vector<Pair> CpusPairs();
std::vector<Pair> DeferredPairs();
std::vector<Pair> ApparatusPairs();

// All of them, in that order.
std::vector<Pair> AllPairs();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_PAIR_H_
