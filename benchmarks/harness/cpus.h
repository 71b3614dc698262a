// The CPUs on which a run measures. cpu_time.h finds out how much of their time
// it used.

#ifndef PIDLAB_BENCHMARKS_HARNESS_CPUS_H_
#define PIDLAB_BENCHMARKS_HARNESS_CPUS_H_

#include <sys/types.h>

#include <optional>
#include <vector>

#include "lib/linux/sys.h"

namespace pidlab {

// The CPUs on which the caller may run (sched_getaffinity(2)), in ascending
// order. Empty if that fails.
std::vector<int> AllowedCpus();

// Pins the process `pid`, 0 for the caller, to one CPU (sched_setaffinity(2)).
Sys<int> PinTo(pid_t pid, int cpu);

// Pins the caller to the last CPU on which it may run, since the first ones
// have most of the interrupts. Returns nothing if that is refused.
std::optional<int> PinToOneCpu();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_CPUS_H_
