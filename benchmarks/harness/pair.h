// A pair is two operations that are measured in turns, block by block, in
// random order, so that what disturbs one also disturbs the other: their ratio
// can be repeated, but not the time of either. benchmarks/groups defines the
// pairs.

#ifndef PIDLAB_BENCHMARKS_HARNESS_PAIR_H_
#define PIDLAB_BENCHMARKS_HARNESS_PAIR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"
#include "benchmarks/harness/limits.h"
#include "benchmarks/harness/operation.h"
#include "benchmarks/harness/stage.h"

namespace pidlab {

struct Pair {
  // Its place in the tables: see Comparison in benchmarks/analysis/measured.h.
  std::string group;
  std::string row;
  std::string base_name;
  std::optional<int64_t> x = std::nullopt;

  Operation subject;
  Operation base;
  // The names of the phases that both operations have: each has a row of its
  // own, "ROW PHASE".
  std::vector<std::string> phases = {};

  // The process in which both are repeated, and another one for the base if
  // that needs a different one.
  StagePlan stage = {};
  std::optional<StagePlan> base_stage = std::nullopt;

  // What the kernel or the machine must allow, if it may be missing: "Linux
  // 5.6". The first sample tries it. If this is empty, any errno is a failure.
  std::string needs = {};
  // What would help if it is missing.
  std::string to_run = {};
  Amounts amounts = {};

  // The number of pairs of blocks in a round, and of samples in each block of
  // one side. A round is one repetition of the pair's benchmark.
  int blocks = 10;
  int block_samples = 10;
  double quantile = 0.10;
  bool quick = false;  // part of a quick run
};

// The names of a part of the pair, and what it runs, without samples. Part 0 is
// the total, and the others are the pair's phases.
Comparison ComparisonOf(const Pair& pair, size_t part = 0);

// "create/PID/vfork", as a filter sees it.
std::string NameOf(const Pair& pair);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_PAIR_H_
