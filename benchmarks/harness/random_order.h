// A random order that is the same for the same seed on every machine.

#ifndef PIDLAB_BENCHMARKS_HARNESS_RANDOM_ORDER_H_
#define PIDLAB_BENCHMARKS_HARNESS_RANDOM_ORDER_H_

#include <cstdint>
#include <vector>

namespace pidlab {

// Whether, for each of `pairs` pairs, its first member comes first. This is
// true as often as false, or once more or less if `pairs` is odd.
std::vector<bool> RandomOrder(int pairs, uint64_t seed);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_RANDOM_ORDER_H_
