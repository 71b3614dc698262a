// How far a run is, in one line of a terminal: which pair, and how much is
// left. Nothing where there is no terminal.

#ifndef PIDLAB_BENCHMARKS_HARNESS_PROGRESS_H_
#define PIDLAB_BENCHMARKS_HARNESS_PROGRESS_H_

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace pidlab {

class Progress {
 public:
  // `names`: the pairs that will be measured, each in so many rounds. It is
  // shown if `shown`, on standard error.
  Progress(const std::vector<std::string>& names, int rounds, bool shown);

  void Begin(const std::string& name);
  void End(const std::string& name);
  void Clear();  // the line

  // What is left to do, as far as it can be told: pairs that have not been
  // measured yet are taken for as long as the average of the others. Zero as
  // long as none has.
  std::chrono::nanoseconds Left() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Pace {
    int rounds_left = 0;
    int rounds_done = 0;
    Clock::duration spent{};
  };

  bool shown_;
  size_t all_ = 0;  // rounds of all pairs
  size_t begun_ = 0;
  Clock::time_point since_;
  std::map<std::string, Pace> paces_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_PROGRESS_H_
