// One run of the benchmarks: pairs are measured when Google Benchmark says so,
// and what they gave is gathered.

#ifndef PIDLAB_BENCHMARKS_HARNESS_RUN_H_
#define PIDLAB_BENCHMARKS_HARNESS_RUN_H_

#include <map>
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
  // `left`: what pairs that need more are omitted for. `interrupt_fd` becomes
  // readable when it is to end.
  Run(uint64_t seed, Route route, Allowances left, int interrupt_fd,
      Progress& progress);

  // One round of the pair, as one repetition of its benchmark: an iteration is
  // a pair of blocks, its time the median of the subject's.
  void MeasureRound(const Pair& pair, benchmark::State& state);

  bool interrupted() const { return interrupted_; }
  // What went wrong, a line each; such a run is worth nothing.
  const std::vector<std::string>& failures() const { return failures_; }

  // In the order of `pairs`.
  Measured Result(const std::vector<Pair>& pairs) const;

 private:
  struct Gathered {
    // The rounds of the total, then those of each phase.
    std::vector<std::vector<Round>> parts;
    std::optional<Omission> omission;
    bool failed = false;
  };

  std::vector<Round> TakeRound(const Pair& pair, benchmark::State& state);
  void Omit(const Pair& pair, Omission omission);

  uint64_t seed_;
  uint64_t last_seed_ = seed_;  // of a round
  Route route_;
  int interrupt_fd_;
  Progress& progress_;
  Allowances left_;
  bool interrupted_ = false;
  std::vector<std::string> failures_;
  std::map<std::string, Gathered> gathered_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_RUN_H_
