// Shows the progress of a run in one line of a terminal: which pair is
// measured, and how long the rest will take. It prints nothing if there is no
// terminal.

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
  // Each of the pairs will be measured in this many rounds. The line is on
  // standard error if `shown`.
  Progress(const std::vector<Pair>& pairs, int rounds, bool shown);

  void Begin(const std::string& name);
  void End(const std::string& name);
  // Clears the line.
  void Clear();

  // An estimate of the time that is left: a pair that has not been measured yet
  // is assumed to take as long as the average of the others. Zero before any
  // pair has been measured.
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
