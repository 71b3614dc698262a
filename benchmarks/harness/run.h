// One run of the benchmarks: pairs are measured when Google Benchmark says so,
// and their samples are collected. benchmarks/analysis evaluates the samples.

#ifndef PIDLAB_BENCHMARKS_HARNESS_RUN_H_
#define PIDLAB_BENCHMARKS_HARNESS_RUN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"
#include "benchmarks/harness/pair.h"
#include "benchmarks/harness/progress.h"

namespace benchmark {
class State;
}

namespace pidlab {

class Run {
 public:
  // A pair that needs more than what is `left` is omitted. `interrupt_fd`
  // becomes readable when the run has to end.
  Run(uint64_t seed, Privilege privilege, Allowances left, int interrupt_fd,
      Progress& progress);

  // Measures the pairs, each as one benchmark of Google Benchmark, which
  // repeats it as its flags say, and prints its results unless `silent`.
  // Returns how many of the pairs pass Google Benchmark's own filter.
  size_t MeasureAll(const std::vector<Pair>& pairs, bool silent);

  // Whether any pair was begun. If only the names are listed, none is.
  bool begun() const { return !gathered_.empty(); }
  bool interrupted() const { return interrupted_; }
  // What went wrong, each in a line; such a run is worthless.
  const std::vector<std::string>& failures() const { return failures_; }

  // What was measured, in the order of `pairs`.
  Measured Result(const std::vector<Pair>& pairs) const;

 private:
  struct Gathered {
    // First the rounds of the total, then those of each phase.
    std::vector<std::vector<Round>> parts;
    std::optional<Omission> omission;
    bool failed = false;
  };

  // One round of the pair is one repetition of its benchmark, and a pair of
  // blocks is one iteration, whose time is the median of the subject's samples.
  void MeasureRound(const Pair& pair, benchmark::State& state);
  std::vector<Round> TakeRound(const Pair& pair, benchmark::State& state);

  uint64_t seed_;
  uint64_t last_seed_ = seed_;  // of the latest round
  Privilege privilege_;
  int interrupt_fd_;
  Progress& progress_;
  Allowances left_;
  bool interrupted_ = false;
  std::vector<std::string> failures_;
  std::map<std::string, Gathered> gathered_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_RUN_H_
