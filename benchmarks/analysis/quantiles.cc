#include "benchmarks/analysis/quantiles.h"

#include <algorithm>
#include <cmath>

namespace pidlab {
namespace {

double OfSorted(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above],
                   place - static_cast<double>(below));
}

}  // namespace

double Quantile(std::vector<double> samples, double p) {
  std::ranges::sort(samples);
  return OfSorted(samples, p);
}

Quantiles QuantilesOf(std::vector<double> samples) {
  if (samples.empty()) return {};
  std::ranges::sort(samples);
  return {samples.size(),          OfSorted(samples, 0.10),
          OfSorted(samples, 0.25), OfSorted(samples, 0.50),
          OfSorted(samples, 0.90), OfSorted(samples, 0.99)};
}

}  // namespace pidlab
