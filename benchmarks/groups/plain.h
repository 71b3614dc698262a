// Two of the operations as Google Benchmark measures on its own: each is a
// benchmark, and its figure is the mean of its iterations. With them, that
// estimator is compared with the one of pairs, on the same machine at the same
// time.

#ifndef PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_
#define PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_

#include "lib/host/privilege.h"

namespace pidlab {

// "plain/vfork" and "plain/PID".
void RegisterPlainBenchmarks(Privilege privilege);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_PLAIN_H_
