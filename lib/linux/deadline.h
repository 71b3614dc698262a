// May be called inside ON(). Deadline is a point in time (CLOCK_MONOTONIC)
// after which waiting is given up. It only guards against hangs; nothing is
// ever synchronised by it.

#ifndef PIDLAB_LIB_LINUX_DEADLINE_H_
#define PIDLAB_LIB_LINUX_DEADLINE_H_

#include <algorithm>
#include <chrono>
#include <limits>

namespace pidlab {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline In(Clock::duration time) {
    return Deadline(Clock::now() + time);
  }

  // The time that is left, as poll(2) takes it: in milliseconds, rounded up,
  // never negative, and never more than an int can hold.
  int RemainingMs() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    constexpr decltype(left.count()) kMost = std::numeric_limits<int>::max();
    return static_cast<int>(std::clamp(left.count(), {}, kMost));
  }
  bool Passed() const { return Clock::now() >= end_; }

  // The earlier one is the smaller.
  friend bool operator<(const Deadline& a, const Deadline& b) {
    return a.end_ < b.end_;
  }

 private:
  explicit Deadline(Clock::time_point end) : end_(end) {}

  Clock::time_point end_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_DEADLINE_H_
