#include "benchmarks/analysis/finding.h"

#include <algorithm>
#include <cmath>

namespace pidlab {
namespace {

constexpr double kFinestResolution = 0.005;

bool IsWithin(const Interval& interval, double distance_from_1) {
  return interval.low >= 1 - distance_from_1 &&
         interval.high <= 1 + distance_from_1;
}

}  // namespace

const char* FindingName(Finding finding) {
  switch (finding) {
    case Finding::kSame:
      return "same";
    case Finding::kFaster:
      return "faster";
    case Finding::kSlower:
      return "slower";
    case Finding::kUnclear:
      return "unclear";
  }
  return "?";
}

double ResolutionOf(const Ratio& a_a) {
  return std::max({kFinestResolution, std::abs(a_a.value - 1),
                   std::abs(a_a.interval.low - 1),
                   std::abs(a_a.interval.high - 1)});
}

Finding FindingOf(const Ratio& ratio, double resolution) {
  if (resolution >= 1) return Finding::kUnclear;
  if (ratio.interval.low > 1 + resolution) return Finding::kSlower;
  if (ratio.interval.high < 1 - resolution) return Finding::kFaster;
  const bool same = IsWithin({ratio.value, ratio.value}, resolution) &&
                    IsWithin(ratio.interval, 2 * resolution);
  return same ? Finding::kSame : Finding::kUnclear;
}

}  // namespace pidlab
