// How far a run is, in one line of a terminal: which pair is measured, and how
// long the rest will take. It prints nothing where there is no terminal.

#ifndef PIDLAB_BENCHMARKS_HARNESS_PROGRESS_H_
#define PIDLAB_BENCHMARKS_HARNESS_PROGRESS_H_

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "benchmarks/harness/pair.h"

namespace pidlab {

class Progress {
 public:
  // The pairs will be measured in so many rounds each. The line is on standard
  // error, if it is to be `shown`.
  Progress(const std::vector<Pair>& pairs, int rounds, bool shown);

  void Begin(const std::string& name);
  void End(const std::string& name);
  // Clears the line.
  void Clear();

  // The time that is left, as far as it can be told: a pair that has not been
  // measured yet is assumed to take as long as the average of the others. Zero
  // as long as none has been.
  std::chrono::nanoseconds Left() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Pace {
    int rounds_left = 0;
    int rounds_done = 0;
    Clock::duration spent{};
  };

  bool shown_;
  size_t all_ = 0;  // the rounds of all pairs
  size_t begun_ = 0;
  Clock::time_point since_;
  std::map<std::string, Pace> paces_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_PROGRESS_H_
