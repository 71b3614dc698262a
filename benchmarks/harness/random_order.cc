#include "benchmarks/harness/random_order.h"

#include <cstddef>

#include "benchmarks/analysis/random.h"

namespace pidlab {

std::vector<bool> RandomOrder(int pairs, uint64_t seed) {
  Random random(seed);
  const uint32_t more = random.Below(2);  // for an odd `pairs`
  std::vector<bool> order(static_cast<size_t>(pairs));
  for (size_t i = 0; i < order.size(); ++i) order[i] = i % 2 == more;
  for (size_t left = order.size(); left > 1; --left) {
    const size_t chosen = random.Below(static_cast<uint32_t>(left));
    const bool last = order[left - 1];
    order[left - 1] = order[chosen];
    order[chosen] = last;
  }
  return order;
}

}  // namespace pidlab
