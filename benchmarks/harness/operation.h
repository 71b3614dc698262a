// An operation is what is measured. Each time it runs, it returns how long it
// took; what it prepares before and cleans up afterwards is not part of that
// time. It does not know where and how often it runs.

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

// How long one operation took, and each of its phases, if it has some.
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
  // It is called in the stage. If it fails, the whole pair fails.
  std::function<Sys<Sample>()> take;

  // These, if they are not empty, run before and after each block of samples.
  // They are not measured.
  std::function<Sys<int>()> before_block = nullptr;
  std::function<Sys<int>()> after_block = nullptr;
};

// An operation whose time is that of `run`, a function that returns Sys<int>.
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
