// The CPUs that a run measures on. How much of their time it had is in
// cpu_time.h.

#ifndef PIDLAB_BENCHMARKS_HARNESS_CPUS_H_
#define PIDLAB_BENCHMARKS_HARNESS_CPUS_H_

#include <sys/types.h>

#include <optional>
#include <vector>

#include "lib/linux/sys.h"

namespace pidlab {

// Those that the caller may run on (sched_getaffinity(2)), in ascending order.
// None if that fails.
std::vector<int> AllowedCpus();

// Pins the process `pid`, 0 for the caller, to one CPU (sched_setaffinity(2)).
Sys<int> PinTo(pid_t pid, int cpu);

// Pins the caller to the last CPU that it may run on, since the first ones have
// most of the interrupts. Nothing if that is refused.
std::optional<int> PinToOneCpu();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_CPUS_H_
