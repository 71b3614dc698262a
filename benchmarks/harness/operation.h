// An operation is what is measured, once: it says itself how long it took. What
// it needs beforehand and clears away afterwards is not part of that time.

#ifndef PIDLAB_BENCHMARKS_HARNESS_OPERATION_H_
#define PIDLAB_BENCHMARKS_HARNESS_OPERATION_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "lib/linux/sys.h"

namespace pidlab {

// What one operation took: all of it, and, if it has phases, each of those.
inline constexpr size_t kMaxPhases = 4;
struct Sample {
  int64_t total_ns = 0;
  std::array<int64_t, kMaxPhases> phase_ns = {};
};

// CLOCK_MONOTONIC, in nanoseconds.
inline int64_t Now() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

struct Operation {
  std::string ran;  // in words: "clone3(CLONE_VM|CLONE_VFORK), wait"
  // Called in the stage. An errno is a failure of the whole benchmark.
  std::function<Sys<Sample>()> take;

  // Around each block of samples, if they are not empty; not measured.
  std::function<Sys<int>()> before_block = nullptr;
  std::function<Sys<int>()> after_block = nullptr;
};

// The time that `run`, which returns a Sys<int>, takes.
template <typename Run>
Operation Timed(std::string ran, Run run) {
  return {std::move(ran), [run = std::move(run)] {
            const int64_t begin = Now();
            const Sys<int> done = run();
            return Sys<Sample>{{.total_ns = Now() - begin}, done.err};
          }};
}

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_OPERATION_H_
