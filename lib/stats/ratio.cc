#include "lib/stats/ratio.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "lib/stats/quantiles.h"
#include "lib/stats/random.h"

namespace pidlab {
namespace {

// How many times each block pair was drawn.
using Draw = std::vector<uint32_t>;

// The samples of one operation. They are sorted once, so that the quantile of a
// resample is found by counting.
class Side {
 public:
  void Add(const std::vector<double>& samples) {
    const auto pair = static_cast<uint32_t>(size_of_pair_.size());
    size_of_pair_.push_back(static_cast<uint32_t>(samples.size()));
    for (const double sample : samples) sorted_.emplace_back(sample, pair);
  }

  void Sort() { std::ranges::sort(sorted_); }

  // As Quantile() of all samples, each as many times as its pair was drawn.
  double QuantileOf(const Draw& draw, double p) const {
    uint64_t size = 0;
    for (size_t i = 0; i < draw.size(); ++i)
      size += uint64_t{draw[i]} * size_of_pair_[i];
    const double place = p * static_cast<double>(size - 1);
    const auto below = static_cast<uint64_t>(place);
    size_t i = 0;
    uint64_t passed = draw[sorted_[0].second];
    while (passed <= below) passed += draw[sorted_[++i].second];
    const double low = sorted_[i].first;
    const uint64_t above = std::min(below + 1, size - 1);
    while (passed <= above) passed += draw[sorted_[++i].second];
    return std::lerp(low, sorted_[i].first, place - static_cast<double>(below));
  }

 private:
  std::vector<std::pair<double, uint32_t>> sorted_;  // with the pair's number
  std::vector<uint32_t> size_of_pair_;
};

// The block pairs of a run, and the resamples that are drawn from them.
class Bootstrap {
 public:
  Bootstrap(const std::vector<Round>& rounds, double p) : p_(p) {
    for (const Round& round : rounds) {
      const uint32_t first = pairs_;
      for (const BlockPair& pair : round) {
        if (pair.subject.empty() || pair.base.empty()) continue;
        subject_.Add(pair.subject);
        base_.Add(pair.base);
        ++pairs_;
      }
      if (pairs_ > first) rounds_.push_back({first, pairs_ - first});
    }
    subject_.Sort();
    base_.Sort();
    draw_.resize(pairs_);
  }

  bool KnowsItsSpread() const { return pairs_ > 1; }

  double RatioOfAll() {
    std::ranges::fill(draw_, 1U);
    return RatioOfDraw();
  }

  double RatioOfResample(Random& random) {
    std::ranges::fill(draw_, 0U);
    if (rounds_.size() == 1) {
      DrawPairs(rounds_[0], rounds_[0].size - 1, random);
    } else {
      const auto all = static_cast<uint32_t>(rounds_.size());
      for (uint32_t i = 0; i < all - 1; ++i) {
        const Pairs& round = rounds_[random.Below(all)];
        DrawPairs(round, round.size, random);
      }
    }
    return RatioOfDraw();
  }

 private:
  // Those of one round.
  struct Pairs {
    uint32_t first;
    uint32_t size;
  };

  void DrawPairs(const Pairs& from, uint32_t count, Random& random) {
    for (uint32_t i = 0; i < count; ++i) {
      ++draw_[from.first + random.Below(from.size)];
    }
  }

  double RatioOfDraw() const {
    return subject_.QuantileOf(draw_, p_) / base_.QuantileOf(draw_, p_);
  }

  double p_;
  Side subject_;
  Side base_;
  std::vector<Pairs> rounds_;
  uint32_t pairs_ = 0;
  Draw draw_;
};

constexpr Interval kAnything = {0, std::numeric_limits<double>::infinity()};

Interval Middle(const std::vector<double>& values, double share) {
  return {Quantile(values, (1 - share) / 2), Quantile(values, (1 + share) / 2)};
}

}  // namespace

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
