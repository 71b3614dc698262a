// Deadline is a point in time (CLOCK_MONOTONIC) after which waiting is given
// up. It only guards against hangs; nothing is ever synchronised by it.

#ifndef PIDLAB_LIB_LINUX_DEADLINE_H_
#define PIDLAB_LIB_LINUX_DEADLINE_H_

#include <chrono>

namespace pidlab {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline In(Clock::duration time) {
    return Deadline(Clock::now() + time);
  }

  // What poll(2) wants: milliseconds, rounded up, never negative.
  int RemainingMs() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
  }
  bool Passed() const { return Clock::now() >= end_; }

 private:
  explicit Deadline(Clock::time_point end) : end_(end) {}

  Clock::time_point end_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_DEADLINE_H_
