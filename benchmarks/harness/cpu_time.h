// How much of a CPU's time the caller used, and who used the rest.

#ifndef PIDLAB_BENCHMARKS_HARNESS_CPU_TIME_H_
#define PIDLAB_BENCHMARKS_HARNESS_CPU_TIME_H_

#include <cstdint>
#include <optional>
#include <string>

namespace pidlab {

// Times until now, in clock ticks.
struct CpuTime {
  // The CPU's, since boot (proc(5), /proc/stat).
  int64_t all = 0;
  int64_t busy = 0;  // user, nice, system, irq, softirq
  int64_t stolen = 0;
  // The time of the caller and of the children that it has reaped, on all CPUs
  // (times(2)).
  int64_t own = 0;
};

// The times of one CPU, or of all of them together. The times of the CPU are
// zero if they cannot be read. `proc` is where the caller's /proc is.
CpuTime ReadCpuTime(std::optional<int64_t> cpu,
                    const std::string& proc = "/proc");

// Shares of the CPU's time between two readings, from 0 to 1.
struct CpuShares {
  double others = 0;
  double stolen = 0;
};
// What the kernel does for the caller later, in its own threads, counts as the
// time of others. What the caller does on other CPUs makes the share of others
// look smaller.
CpuShares SharesOf(const CpuTime& before, const CpuTime& after);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_CPU_TIME_H_
