#include "benchmarks/analysis/figures.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace pidlab {
namespace {

constexpr Unit kNanoseconds{"ns", 1, 0};
constexpr Unit kMicroseconds{"µs", 1e3, 2};
constexpr Unit kMilliseconds{"ms", 1e6, 3};

// The number of decimals that gives three significant digits after rounding:
// 9.996 is "10.0".
int Decimals(double value, int most) {
  const double size = std::abs(value);
  const int wanted = size < 0.9995  ? 3
                     : size < 9.995 ? 2
                     : size < 99.95 ? 1
                                    : 0;
  return std::min(wanted, most);
}

// Ratios have one decimal more than times, since they repeat to a few
// thousandths.
int DecimalsOfRatio(double ratio) {
  return ratio < 0.1    ? 4
         : ratio < 3    ? 3
         : ratio < 100  ? 2
         : ratio < 1000 ? 1
                        : 0;
}

}  // namespace

Unit UnitFor(double lowest, double highest) {
  if (highest < 1e4) return kNanoseconds;
  return lowest >= 1e6 || highest >= 1e8 ? kMilliseconds : kMicroseconds;
}

std::string TimeText(double nanoseconds, const Unit& unit) {
  const double value = nanoseconds / unit.nanoseconds;
  return fmt::format("{:.{}f}", value, Decimals(value, unit.most_decimals));
}

std::string DifferenceText(double nanoseconds, const Unit& unit) {
  const double value = nanoseconds / unit.nanoseconds;
  return fmt::format("{:+.{}f}", value, Decimals(value, unit.most_decimals));
}

std::string RatioText(double ratio) {
  return fmt::format("{:.{}f}", ratio, DecimalsOfRatio(ratio));
}

std::string IntervalText(const Ratio& ratio) {
  if (std::isinf(ratio.interval.high)) return "0–∞";
  const int decimals = DecimalsOfRatio(ratio.value);
  return fmt::format("{:.{}f}–{:.{}f}", ratio.interval.low, decimals,
                     ratio.interval.high, decimals);
}

}  // namespace pidlab
