#include "benchmarks/analysis/variation.h"

#include "gtest/gtest.h"

namespace pidlab {
namespace {

TEST(VariationOf, IsZeroWithoutAny) { EXPECT_EQ(VariationOf({3, 3, 3}), 0); }

// Computed by hand: the mean is 5; the squared deviations are 9, 1, 1, 1, 0, 0,
// 4, 16; their sum is 32; the root of 32 / 7 = 4.571428... is 2.138089...; the
// result is a fifth of that.
TEST(VariationOf, IsTheStandardDeviationOverTheMean) {
  EXPECT_NEAR(VariationOf({2, 4, 4, 4, 5, 5, 7, 9}), 0.42761798705987902,
              1e-12);
}

TEST(VariationOf, HasNoUnit) {
  EXPECT_NEAR(VariationOf({2, 4, 9}), VariationOf({2000, 4000, 9000}), 1e-12);
}

TEST(VariationOf, DividesByOneLess) {
  // For 1 and 3, the mean is 2, and the squared deviations are 1 and 1, over 1.
  EXPECT_NEAR(VariationOf({1, 3}), 0.70710678118654752, 1e-12);
}

}  // namespace
}  // namespace pidlab
