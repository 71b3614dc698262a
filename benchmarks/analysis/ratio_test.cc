#include "benchmarks/analysis/ratio.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "benchmarks/analysis/random.h"
#include "gtest/gtest.h"

namespace pidlab {
namespace {

constexpr double kMedian = 0.5;
// This is enough resamples to find with certainty an interval whose ends are
// known by counting.
constexpr int kMany = 20000;

// Block pairs of one sample each, whose base is 1, so that a median of samples
// is a ratio.
Round RoundOf(const std::vector<double>& subjects) {
  Round round;
  for (const double subject : subjects) round.push_back({{subject}, {1}});
  return round;
}

void ExpectInterval(const Ratio& ratio, double low, double high) {
  EXPECT_DOUBLE_EQ(ratio.interval.low, low);
  EXPECT_DOUBLE_EQ(ratio.interval.high, high);
}

TEST(SamplesOf, AreThoseOfOneSideInOrder) {
  const std::vector<Round> rounds = {{{{1, 2}, {7}}, {{3}, {8, 9}}},
                                     {{{4}, {}}}};
  EXPECT_EQ(SamplesOf(rounds, &BlockPair::subject),
            (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(SamplesOf(rounds, &BlockPair::base),
            (std::vector<double>{7, 8, 9}));
}

// Computed by hand: the lowest are 2/1, 6/3 and 4/5, the medians 6/1, 6/7 and
// 6/6, the highest 10/1, 6/11 and 8/7.
TEST(RatioOf, IsTheMedianOfTheRatiosOfBlockPairs) {
  const std::vector<Round> rounds = {{{{10, 2}, {1}}, {{6}, {3, 11}}},
                                     {{{4, 8}, {5, 7}}}};
  EXPECT_DOUBLE_EQ(RatioOf(rounds, 0, 1).value, 2);
  EXPECT_DOUBLE_EQ(RatioOf(rounds, kMedian, 1).value, 1);
  EXPECT_DOUBLE_EQ(RatioOf(rounds, 1, 1).value, 8.0 / 7);
}

TEST(RatioOf, LiesBetweenTheMiddleTwo) {
  EXPECT_DOUBLE_EQ(RatioOf({RoundOf({9, 1, 4, 2})}, kMedian, 1).value, 3);
}

// In two of three block pairs everything takes twice as long, which must not
// matter.
TEST(RatioOf, IsNotMovedByAMachineThatChangesItsSpeed) {
  const BlockPair fast = {{12, 13, 12}, {10, 10, 11}};
  const BlockPair slow = {{24, 26, 24}, {20, 20, 22}};
  ExpectInterval(RatioOf({{slow, fast, slow}, {slow, slow, fast}}, 0, 1), 1.2,
                 1.2);
}

TEST(RatioOf, LeavesOutABlockPairThatLacksASide) {
  const std::vector<Round> rounds = {
      {{{6}, {3}}, {{100}, {}}, {{8}, {4}}}, {{{}, {1}}}, {}};
  const Ratio ratio = RatioOf(rounds, 0, 1);
  EXPECT_DOUBLE_EQ(ratio.value, 2);
  ExpectInterval(ratio, 2, 2);
}

TEST(RatioOf, HasNoSpreadIfTheSamplesHaveNone) {
  const BlockPair pair = {{3, 3, 3}, {2, 2}};
  ExpectInterval(RatioOf({{pair, pair}, {pair, pair, pair}}, 0.1, 1), 1.5, 1.5);
}

TEST(RatioOf, DrawsBothSidesOfABlockPairTogether) {
  Round round;
  for (int i = 1; i <= 20; ++i) {
    round.push_back({{3.0 * i, 9.0 * i}, {1.0 * i, 3.0 * i}});
  }
  ExpectInterval(RatioOf({round}, 0.3, 1, 0.99), 3, 3);
}

TEST(RatioOf, KnowsNothingOfTheSpreadFromOneBlockPair) {
  const Ratio ratio = RatioOf({{{{6, 7}, {3, 4}}}}, 0, 1);
  EXPECT_DOUBLE_EQ(ratio.value, 2);
  EXPECT_EQ(ratio.interval.low, 0);
  EXPECT_TRUE(std::isinf(ratio.interval.high));
}

// One of two block pairs is drawn. If two were drawn, half of the resamples
// would have both, and their median would be 1.5.
TEST(RatioOf, DrawsOneBlockPairLess) {
  ExpectInterval(RatioOf({RoundOf({1, 2})}, kMedian, 1, 0.4, kMany), 1, 2);
}

// Two of three rounds are drawn. There are nine equally likely draws, with the
// medians 1, 1.5 twice, 2 three times, 2.5 twice, and 3.
TEST(RatioOf, DrawsOneRoundLess) {
  const std::vector<Round> rounds = {RoundOf({1}), RoundOf({2}), RoundOf({3})};
  ExpectInterval(RatioOf(rounds, kMedian, 1, 0.9, kMany), 1, 3);
  ExpectInterval(RatioOf(rounds, kMedian, 1, 0.5, kMany), 1.5, 2.5);
  ExpectInterval(RatioOf(rounds, kMedian, 1, 0.2, kMany), 2, 2);
}

// One round is drawn, and two of its block pairs. There are eight equally
// likely draws, with the medians 1, 1.5 twice, 2, and 11, 11.5 twice, 12.
TEST(RatioOf, DrawsBlockPairsInTheRoundsThatItDraws) {
  const std::vector<Round> rounds = {RoundOf({1, 2}), RoundOf({11, 12})};
  ExpectInterval(RatioOf(rounds, kMedian, 1, 0.9, kMany), 1, 12);
  ExpectInterval(RatioOf(rounds, kMedian, 1, 0.5, kMany), 1.5, 11.5);
  ExpectInterval(RatioOf(rounds, kMedian, 1, 0.1, kMany), 2, 11);
}

// What a run may look like if the true ratio is 1.2: it has uniform noise of 8
// %, and in each round each side is shifted by up to `layout` (0.0087 is a
// standard deviation of half a per cent).
std::vector<Round> SimulatedRun(double layout, Random& random) {
  const auto uniform = [&random] { return random.Below(1000001) / 1e6; };
  std::vector<Round> rounds(5);
  for (Round& round : rounds) {
    const double subject = 1.2 * (1 + layout * (2 * uniform() - 1));
    const double base = 1 + layout * (2 * uniform() - 1);
    round.resize(10);
    for (BlockPair& pair : round) {
      for (int i = 0; i < 9; ++i) {
        pair.subject.push_back(subject * (1 + 0.08 * uniform()));
        pair.base.push_back(base * (1 + 0.08 * uniform()));
      }
    }
  }
  return rounds;
}

// How many of 200 simulated runs have the true ratio in their interval.
int RunsThatCover(double layout) {
  Random random(1);
  int covered = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Ratio ratio =
        RatioOf(SimulatedRun(layout, random), 0.1, seed, 0.95, 400);
    if (ratio.interval.low <= 1.2 && 1.2 <= ratio.interval.high) ++covered;
  }
  return covered;
}

TEST(RatioOf, CoversTheTrueRatio) {
  EXPECT_GE(RunsThatCover(0), 184);
  EXPECT_GE(RunsThatCover(0.0087), 170);
}

TEST(RatioOf, IsTheSameForTheSameSeed) {
  Random random(1);
  const std::vector<Round> run = SimulatedRun(0.01, random);
  const Ratio one = RatioOf(run, 0.1, 1);
  ExpectInterval(RatioOf(run, 0.1, 1), one.interval.low, one.interval.high);
  const Ratio other = RatioOf(run, 0.1, 2);
  EXPECT_NE(other.interval.high - other.interval.low,
            one.interval.high - one.interval.low);
  EXPECT_EQ(other.value, one.value);
  EXPECT_EQ(RatioValueOf(run, 0.1), one.value);
}

TEST(RatioOf, IsWiderForMoreConfidence) {
  Random random(1);
  const std::vector<Round> run = SimulatedRun(0.01, random);
  const Ratio usual = RatioOf(run, 0.1, 1);
  const Ratio sure = RatioOf(run, 0.1, 1, 0.99);
  EXPECT_LT(sure.interval.low, usual.interval.low);
  EXPECT_GT(sure.interval.high, usual.interval.high);
}

TEST(QuotientOf, IsTheSecondRatioSeenFromTheFirst) {
  const std::vector<Round> b = {{{{12}, {2}}, {{12}, {2}}}};
  const std::vector<Round> a = {{{{6}, {3}}, {{6}, {3}}}};
  const Ratio quotient = QuotientOf(b, a, kMedian, 1);
  EXPECT_DOUBLE_EQ(quotient.value, 3);
  ExpectInterval(quotient, 3, 3);
  EXPECT_DOUBLE_EQ(QuotientOf(a, b, kMedian, 1).value, 1.0 / 3);
}

// The quotient is 2 or 4 over 1 or 2, all equally likely: 1, 2 twice, 4.
TEST(QuotientOf, ResamplesBothRunsOnTheirOwn) {
  const std::vector<Round> b = {RoundOf({2, 4})};
  const std::vector<Round> a = {RoundOf({1, 2})};
  ExpectInterval(QuotientOf(b, a, kMedian, 1, 0.9, kMany), 1, 4);
  ExpectInterval(QuotientOf(b, a, kMedian, 1, 0.4, kMany), 2, 2);
  ExpectInterval(QuotientOf(b, b, kMedian, 1, 0.9, kMany), 0.5, 2);
}

TEST(QuotientOf, KnowsNothingOfTheSpreadIfOneRunDoesNot) {
  const std::vector<Round> many = {RoundOf({2, 4})};
  const std::vector<Round> one = {RoundOf({3})};
  for (const Ratio& quotient :
       {QuotientOf(many, one, kMedian, 1), QuotientOf(one, many, kMedian, 1)}) {
    EXPECT_DOUBLE_EQ(quotient.value, 1);
    EXPECT_EQ(quotient.interval.low, 0);
    EXPECT_TRUE(std::isinf(quotient.interval.high));
  }
}

}  // namespace
}  // namespace pidlab
