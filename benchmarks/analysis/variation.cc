#include "benchmarks/analysis/variation.h"

#include <cmath>
#include <numeric>

namespace pidlab {

double VariationOf(const std::vector<double>& results) {
  const auto n = static_cast<double>(results.size());
  const double mean = std::accumulate(results.begin(), results.end(), 0.0) / n;
  double squares = 0;
  for (const double result : results) {
    squares += (result - mean) * (result - mean);
  }
  return std::sqrt(squares / (n - 1)) / mean;
}

}  // namespace pidlab
