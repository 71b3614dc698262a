#include "benchmarks/analysis/modes.h"

#include <algorithm>
#include <cstddef>

namespace pidlab {
namespace {

constexpr size_t kFewestSamples = 40;
constexpr size_t kFewestInGroup = 10;

// The index at which the upper group begins.
size_t WidestGap(const std::vector<double>& sorted, size_t fewest) {
  size_t widest = fewest;
  for (size_t i = fewest; i <= sorted.size() - fewest; ++i) {
    if (sorted[i] - sorted[i - 1] > sorted[widest] - sorted[widest - 1]) {
      widest = i;
    }
  }
  return widest;
}

double MedianOfSorted(const std::vector<double>& sorted, size_t begin,
                      size_t end) {
  const size_t size = end - begin;
  return (sorted[begin + (size - 1) / 2] + sorted[begin + size / 2]) / 2;
}

}  // namespace

std::optional<TwoModes> FindTwoModes(std::vector<double> samples) {
  const size_t n = samples.size();
  if (n < kFewestSamples) return std::nullopt;
  const size_t fewest = std::max(kFewestInGroup, (n + 9) / 10);
  std::ranges::sort(samples);
  const size_t gap = WidestGap(samples, fewest);
  const double lower = MedianOfSorted(samples, 0, gap);
  const double upper = MedianOfSorted(samples, gap, n);
  if (upper < 1.2 * lower) return std::nullopt;

  // The two sides of the gap are not used here: if only a few samples are far
  // away, the gap is somewhere among the other samples.
  const double quarter = (upper - lower) / 4;
  const auto begin = std::ranges::lower_bound(samples, lower + quarter);
  const auto end = std::ranges::upper_bound(samples, upper - quarter);
  const auto below = static_cast<size_t>(begin - samples.begin());
  const auto between = static_cast<size_t>(end - begin);
  const size_t smaller = std::min(below, n - below - between);
  if (smaller < fewest || 10 * between > smaller) return std::nullopt;
  return TwoModes{lower, upper,
                  static_cast<double>(n - gap) / static_cast<double>(n)};
}

}  // namespace pidlab
