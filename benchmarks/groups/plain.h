// Two of the operations as Google Benchmark measures on its own: a benchmark
// each, and the mean of its iterations. With them its estimator is compared
// with that of pairs, on the same machine at the same time.

#ifndef PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_
#define PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_

#include "benchmarks/harness/route.h"

namespace pidlab {

// "plain/vfork" and "plain/PID".
void RegisterPlainBenchmarks(Route route);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_
