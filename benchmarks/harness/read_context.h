// Reads the context of the machine and of the process that measures. The run
// itself has to fill in what only it knows: the CPU it is pinned to, its
// privilege, how long it took, and who shared its CPU (cpu_time.h).

#ifndef PIDLAB_BENCHMARKS_HARNESS_READ_CONTEXT_H_
#define PIDLAB_BENCHMARKS_HARNESS_READ_CONTEXT_H_

#include <string>

#include "benchmarks/analysis/context.h"

namespace pidlab {

// `proc` is where the caller's /proc is.
Context ReadContext(const std::string& proc = "/proc");

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_READ_CONTEXT_H_
