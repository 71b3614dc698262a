// Two of the operations, measured in the usual way of Google Benchmark: each is
// a benchmark, and its result is the mean of its iterations. They are used to
// compare that estimator with the one of pairs, on the same machine at the same
// time.

#ifndef PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_
#define PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_

#include "lib/host/privilege.h"

namespace pidlab {

// "plain/vfork" and "plain/PID".
void RegisterPlainBenchmarks(Privilege privilege);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_
