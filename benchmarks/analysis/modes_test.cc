#include "benchmarks/analysis/modes.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/random.h"
#include "gtest/gtest.h"

namespace pidlab {
namespace {

constexpr size_t kSizes[] = {40, 100, 450, 2000};

// A random number above 0 and below 1.
double Uniform(Random& random) {
  return (static_cast<double>(random.Next() >> 12) + 0.5) * 0x1p-52;
}

// A random number of mean 0 and standard deviation 1, nearly normal by the
// central limit theorem.
double Normal(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += Uniform(random);
  return sum;
}

using Draw = std::function<double(Random&)>;

std::vector<double> Samples(size_t count, uint64_t seed, const Draw& draw) {
  Random random(seed);
  std::vector<double> samples(count);
  for (double& sample : samples) sample = draw(random);
  return samples;
}

// Exactly `upper` of each 100 samples are of the upper mode, so that their
// share is not random.
std::vector<double> Mixture(size_t count, size_t upper, const Draw& draw_lower,
                            const Draw& draw_upper) {
  Random random(17);
  std::vector<double> samples;
  for (size_t i = 0; i < count; ++i) {
    samples.push_back(i % 100 < upper ? draw_upper(random)
                                      : draw_lower(random));
  }
  return samples;
}

void ExpectNoTwoModes(const Draw& draw) {
  for (const size_t size : kSizes) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      EXPECT_FALSE(FindTwoModes(Samples(size, seed, draw)))
          << size << " samples, seed " << seed;
    }
  }
}

TEST(FindTwoModes, SaysNothingOfOneNormalDistribution) {
  ExpectNoTwoModes([](Random& r) { return 35 + Normal(r); });
  ExpectNoTwoModes([](Random& r) { return 100 + 30 * Normal(r); });
}

TEST(FindTwoModes, SaysNothingOfALongTail) {
  ExpectNoTwoModes([](Random& r) { return std::exp(0.5 * Normal(r)); });
  ExpectNoTwoModes([](Random& r) { return std::exp(Normal(r)); });
  ExpectNoTwoModes([](Random& r) { return 30 + 3 * std::exp(Normal(r)); });
  ExpectNoTwoModes([](Random& r) { return -std::log(Uniform(r)); });
}

TEST(FindTwoModes, SaysNothingOfAUniformDistribution) {
  ExpectNoTwoModes([](Random& r) { return 10 + 100 * Uniform(r); });
}

TEST(FindTwoModes, SaysNothingOfConstantSamples) {
  EXPECT_FALSE(FindTwoModes(std::vector<double>(450, 35)));
  EXPECT_FALSE(FindTwoModes(std::vector<double>(450, 0)));
}

TEST(FindTwoModes, SaysNothingOfOutliers) {
  const Draw usual = [](Random& r) { return 35 + Normal(r); };
  const Draw outlier = [](Random& r) { return 300 + 10 * Normal(r); };
  for (const size_t size : {100u, 400u, 2000u}) {
    EXPECT_FALSE(FindTwoModes(Mixture(size, 3, usual, outlier))) << size;
    EXPECT_FALSE(FindTwoModes(Mixture(size, 9, usual, outlier))) << size;
    EXPECT_FALSE(FindTwoModes(Mixture(size, 97, usual, outlier))) << size;
    EXPECT_TRUE(FindTwoModes(Mixture(size, 10, usual, outlier))) << size;
  }
}

TEST(FindTwoModes, FindsTwoNormalDistributions) {
  const Draw lower = [](Random& r) { return 78 + 3 * Normal(r); };
  const Draw upper = [](Random& r) { return 137 + 3 * Normal(r); };
  for (const size_t share : {50u, 20u, 12u, 88u}) {
    for (const size_t size : {100u, 400u, 2000u}) {
      SCOPED_TRACE(std::to_string(share) + " of " + std::to_string(size));
      const std::optional<TwoModes> modes =
          FindTwoModes(Mixture(size, share, lower, upper));
      ASSERT_TRUE(modes);
      EXPECT_NEAR(modes->lower, 78, 3);
      EXPECT_NEAR(modes->upper, 137, 3);
      EXPECT_DOUBLE_EQ(modes->share_of_upper, static_cast<double>(share) / 100);
    }
  }
}

TEST(FindTwoModes, FindsTwoNarrowModesNearEachOther) {
  const std::optional<TwoModes> modes = FindTwoModes(Mixture(
      400, 40, [](Random& r) { return 30 + 0.5 * Normal(r); },
      [](Random& r) { return 37 + 0.5 * Normal(r); }));
  ASSERT_TRUE(modes);
  EXPECT_NEAR(modes->lower, 30, 0.2);
  EXPECT_NEAR(modes->upper, 37, 0.2);
  EXPECT_DOUBLE_EQ(modes->share_of_upper, 0.4);
}

// `lower` samples with the value 100, `between` with 125, and `upper` with 150.
std::optional<TwoModes> OfThreeValues(size_t lower, size_t between,
                                      size_t upper) {
  std::vector<double> samples(lower, 100);
  samples.insert(samples.end(), between, 125);
  samples.insert(samples.end(), upper, 150);
  return FindTwoModes(samples);
}

TEST(FindTwoModes, AllowsHardlyAnySampleBetween) {
  EXPECT_TRUE(OfThreeValues(150, 0, 50));
  EXPECT_TRUE(OfThreeValues(150, 5, 50));
  EXPECT_FALSE(OfThreeValues(150, 6, 50));
}

TEST(FindTwoModes, NeedsATenthOfTheSamplesInEachGroup) {
  EXPECT_TRUE(OfThreeValues(180, 0, 20));
  EXPECT_FALSE(OfThreeValues(181, 0, 20));
  EXPECT_TRUE(OfThreeValues(20, 0, 180));
  EXPECT_FALSE(OfThreeValues(20, 0, 181));
}

TEST(FindTwoModes, NeedsTenSamplesInEachGroupAndFortyInAll) {
  EXPECT_TRUE(OfThreeValues(30, 0, 10));
  EXPECT_FALSE(OfThreeValues(31, 0, 9));
  EXPECT_FALSE(OfThreeValues(20, 0, 19));
  EXPECT_FALSE(FindTwoModes({}));
}

TEST(FindTwoModes, NeedsAFifthBetweenTheMedians) {
  std::vector<double> samples(50, 5);
  samples.insert(samples.end(), 50, 6);
  const std::optional<TwoModes> modes = FindTwoModes(samples);
  ASSERT_TRUE(modes);
  EXPECT_DOUBLE_EQ(modes->lower, 5);
  EXPECT_DOUBLE_EQ(modes->upper, 6);
  EXPECT_DOUBLE_EQ(modes->share_of_upper, 0.5);

  samples.assign(50, 5);
  samples.insert(samples.end(), 50, 5.99);
  EXPECT_FALSE(FindTwoModes(samples));
}

TEST(FindTwoModes, TakesTheMedianOfAnEvenNumber) {
  std::vector<double> samples(25, 100);
  samples.insert(samples.end(), 25, 104);
  samples.insert(samples.end(), 15, 200);
  samples.insert(samples.end(), 15, 206);
  const std::optional<TwoModes> modes = FindTwoModes(samples);
  ASSERT_TRUE(modes);
  EXPECT_DOUBLE_EQ(modes->lower, 102);
  EXPECT_DOUBLE_EQ(modes->upper, 203);
  EXPECT_DOUBLE_EQ(modes->share_of_upper, 0.375);
}

TEST(FindTwoModes, SaysNothingOfThree) {
  EXPECT_FALSE(OfThreeValues(100, 100, 100));
}

}  // namespace
}  // namespace pidlab
