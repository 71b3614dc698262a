#include "benchmarks/analysis/ratio.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

#include "benchmarks/analysis/quantiles.h"
#include "benchmarks/analysis/random.h"

namespace pidlab {
namespace {

// The ratios of a run's block pairs, and the resamples that are drawn from
// them.
class Bootstrap {
 public:
  Bootstrap(const std::vector<Round>& rounds, double p) {
    for (const Round& round : rounds) {
      const size_t first = ratios_.size();
      for (const BlockPair& pair : round) {
        if (pair.subject.empty() || pair.base.empty()) continue;
        ratios_.push_back(Quantile(pair.subject, p) / Quantile(pair.base, p));
      }
      const size_t pairs = ratios_.size() - first;
      if (pairs > 0) rounds_.push_back({first, static_cast<uint32_t>(pairs)});
    }
  }

  bool KnowsItsSpread() const { return ratios_.size() > 1; }

  double RatioOfAll() {
    drawn_ = ratios_;
    return MedianOfDrawn();
  }

  double RatioOfResample(Random& random) {
    drawn_.clear();
    if (rounds_.size() == 1) {
      DrawPairs(rounds_[0], rounds_[0].size - 1, random);
    } else {
      const auto all = static_cast<uint32_t>(rounds_.size());
      for (uint32_t i = 0; i < all - 1; ++i) {
        const Pairs& round = rounds_[random.Below(all)];
        DrawPairs(round, round.size, random);
      }
    }
    return MedianOfDrawn();
  }

 private:
  // The pairs of one round.
  struct Pairs {
    size_t first;
    uint32_t size;
  };

  void DrawPairs(const Pairs& from, uint32_t count, Random& random) {
    for (uint32_t i = 0; i < count; ++i) {
      drawn_.push_back(ratios_[from.first + random.Below(from.size)]);
    }
  }

  // Like Quantile(), but without a copy.
  double MedianOfDrawn() {
    const auto middle =
        drawn_.begin() + static_cast<ptrdiff_t>(drawn_.size() / 2);
    std::ranges::nth_element(drawn_, middle);
    if (drawn_.size() % 2 == 1) return *middle;
    return std::midpoint(*std::max_element(drawn_.begin(), middle), *middle);
  }

  std::vector<double> ratios_;
  std::vector<Pairs> rounds_;
  std::vector<double> drawn_;
};

constexpr Interval kAnything = {0, std::numeric_limits<double>::infinity()};

Interval Middle(const std::vector<double>& values, double share) {
  return {Quantile(values, (1 - share) / 2), Quantile(values, (1 + share) / 2)};
}

}  // namespace

std::vector<double> SamplesOf(const std::vector<Round>& rounds,
                              std::vector<double> BlockPair::*side) {
  std::vector<double> samples;
  for (const Round& round : rounds) {
    for (const BlockPair& pair : round) {
      samples.insert(samples.end(), (pair.*side).begin(), (pair.*side).end());
    }
  }
  return samples;
}

Ratio RatioOf(const std::vector<Round>& rounds, double p, uint64_t seed,
              double confidence, int resamples) {
  Bootstrap bootstrap(rounds, p);
  const double value = bootstrap.RatioOfAll();
  if (!bootstrap.KnowsItsSpread()) return {value, kAnything};
  Random random(seed);
  std::vector<double> ratios(static_cast<size_t>(resamples));
  for (double& ratio : ratios) ratio = bootstrap.RatioOfResample(random);
  return {value, Middle(ratios, confidence)};
}

double RatioValueOf(const std::vector<Round>& rounds, double p) {
  return Bootstrap(rounds, p).RatioOfAll();
}

Ratio QuotientOf(const std::vector<Round>& b, const std::vector<Round>& a,
                 double p, uint64_t seed, double confidence, int resamples) {
  Bootstrap of_b(b, p);
  Bootstrap of_a(a, p);
  const double value = of_b.RatioOfAll() / of_a.RatioOfAll();
  if (!of_b.KnowsItsSpread() || !of_a.KnowsItsSpread()) {
    return {value, kAnything};
  }
  Random random(seed);
  std::vector<double> quotients(static_cast<size_t>(resamples));
  for (double& quotient : quotients) {
    const double ratio = of_b.RatioOfResample(random);
    quotient = ratio / of_a.RatioOfResample(random);
  }
  return {value, Middle(quotients, confidence)};
}

}  // namespace pidlab
