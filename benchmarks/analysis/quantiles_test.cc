#include "benchmarks/analysis/quantiles.h"

#include <vector>

#include "gtest/gtest.h"

namespace pidlab {
namespace {

// These are unsorted, and two of them are equal.
const std::vector<double> kEleven = {31.5, 2,    8.25, 19, 4, 4,
                                     57,   12.5, 3,    90, 6};

TEST(Quantile, IsASampleWhereItFallsOnOne) {
  EXPECT_DOUBLE_EQ(Quantile(kEleven, 0), 2);
  EXPECT_DOUBLE_EQ(Quantile(kEleven, 0.1), 3);
  EXPECT_DOUBLE_EQ(Quantile(kEleven, 0.5), 8.25);
  EXPECT_DOUBLE_EQ(Quantile(kEleven, 1), 90);
}

TEST(Quantile, IsLinearBetweenSamples) {
  EXPECT_DOUBLE_EQ(Quantile({20, 10}, 0.25), 12.5);
  EXPECT_DOUBLE_EQ(Quantile({7, 1, 3, 10}, 0.5), 5);
  EXPECT_DOUBLE_EQ(Quantile({7, 1, 3, 10}, 0.9), 9.1);
}

TEST(Quantile, OfOneSampleIsThatSample) {
  EXPECT_DOUBLE_EQ(Quantile({5}, 0), 5);
  EXPECT_DOUBLE_EQ(Quantile({5}, 0.3), 5);
  EXPECT_DOUBLE_EQ(Quantile({5}, 1), 5);
}

// The values were computed with Python's
// statistics.quantiles(method='inclusive').
TEST(QuantilesOf, AgreesWithAnotherImplementation) {
  const Quantiles eleven = QuantilesOf(kEleven);
  EXPECT_EQ(eleven.n, 11u);
  EXPECT_DOUBLE_EQ(eleven.p10, 3);
  EXPECT_DOUBLE_EQ(eleven.p25, 4);
  EXPECT_DOUBLE_EQ(eleven.p50, 8.25);
  EXPECT_DOUBLE_EQ(eleven.p90, 57);
  EXPECT_DOUBLE_EQ(eleven.p99, 86.7);

  const Quantiles four = QuantilesOf({7, 1, 3, 10});
  EXPECT_EQ(four.n, 4u);
  EXPECT_DOUBLE_EQ(four.p10, 1.6);
  EXPECT_DOUBLE_EQ(four.p25, 2.5);
  EXPECT_DOUBLE_EQ(four.p50, 5);
  EXPECT_DOUBLE_EQ(four.p90, 9.1);
  EXPECT_DOUBLE_EQ(four.p99, 9.91);
}

TEST(QuantilesOf, IsAllZeroWithoutASample) {
  const Quantiles none = QuantilesOf({});
  EXPECT_EQ(none.n, 0u);
  EXPECT_EQ(none.p10, 0);
  EXPECT_EQ(none.p99, 0);
}

}  // namespace
}  // namespace pidlab
