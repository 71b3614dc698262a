// A random order that is the same for the same seed on every machine.

#ifndef PIDLAB_BENCHMARKS_HARNESS_RANDOM_ORDER_H_
#define PIDLAB_BENCHMARKS_HARNESS_RANDOM_ORDER_H_

#include <cstdint>
#include <vector>

namespace pidlab {

// Says for each of `pairs` pairs whether its first member comes first. It does
// as often as it does not, or once more or less if `pairs` is odd.
std::vector<bool> RandomOrder(int pairs, uint64_t seed);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_RANDOM_ORDER_H_
