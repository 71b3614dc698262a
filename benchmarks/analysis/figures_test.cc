#include "benchmarks/analysis/figures.h"

#include <limits>

#include "gtest/gtest.h"

namespace pidlab {
namespace {

TEST(UnitFor, TakesWhatIsShort) {
  EXPECT_STREQ(UnitFor(156, 210).name, "ns");
  EXPECT_STREQ(UnitFor(156, 9'999).name, "ns");
  EXPECT_STREQ(UnitFor(156, 10'000).name, "µs");
  EXPECT_STREQ(UnitFor(28'000, 99'000'000).name, "µs");
  EXPECT_STREQ(UnitFor(28'000, 100'000'000).name, "ms");
  EXPECT_STREQ(UnitFor(1'000'000, 36'000'000).name, "ms");
  EXPECT_STREQ(UnitFor(999'999, 36'000'000).name, "µs");
}

TEST(TimeText, HasThreeSignificantDigits) {
  const Unit us = UnitFor(1e4, 1e6);
  EXPECT_EQ(TimeText(1'234, us), "1.23");
  EXPECT_EQ(TimeText(34'870, us), "34.9");
  EXPECT_EQ(TimeText(421'300, us), "421");
  EXPECT_EQ(TimeText(21'800'000, us), "21800");
  EXPECT_EQ(TimeText(0, us), "0.00");
}

TEST(TimeText, HasNoMoreDigitsAfterRounding) {
  const Unit us = UnitFor(1e4, 1e6);
  EXPECT_EQ(TimeText(9'994, us), "9.99");
  EXPECT_EQ(TimeText(9'996, us), "10.0");
  EXPECT_EQ(TimeText(99'940, us), "99.9");
  EXPECT_EQ(TimeText(99'960, us), "100");
}

TEST(TimeText, HasAsManyDecimalsAsTheUnitBears) {
  EXPECT_EQ(TimeText(156, UnitFor(156, 156)), "156");
  EXPECT_EQ(TimeText(5, UnitFor(5, 5)), "5");
  EXPECT_EQ(TimeText(156, UnitFor(156, 1e5)), "0.16");
  EXPECT_EQ(TimeText(29'800, UnitFor(29'800, 1e9)), "0.030");
}

TEST(DifferenceText, HasASign) {
  const Unit us = UnitFor(1e4, 1e6);
  EXPECT_EQ(DifferenceText(4'520, us), "+4.52");
  EXPECT_EQ(DifferenceText(-28'500, us), "-28.5");
  EXPECT_EQ(DifferenceText(389'400, us), "+389");
  EXPECT_EQ(DifferenceText(0, us), "+0.00");
}

TEST(RatioText, TakesFiveColumnsOrSix) {
  EXPECT_EQ(RatioText(0.00546), "0.0055");
  EXPECT_EQ(RatioText(0.27801), "0.278");
  EXPECT_EQ(RatioText(1.19), "1.190");
  EXPECT_EQ(RatioText(4.2049), "4.20");
  EXPECT_EQ(RatioText(14.384), "14.38");
  EXPECT_EQ(RatioText(126.31), "126.3");
  EXPECT_EQ(RatioText(36400), "36400");
}

TEST(IntervalText, HasTheDecimalsOfItsRatio) {
  EXPECT_EQ(IntervalText({1.19, {1.1838, 1.1966}}), "1.184–1.197");
  EXPECT_EQ(IntervalText({2.99, {2.9, 3.08}}), "2.900–3.080");
  EXPECT_EQ(IntervalText({14.38, {14.301, 14.449}}), "14.30–14.45");
  EXPECT_EQ(IntervalText({1.2, {0, std::numeric_limits<double>::infinity()}}),
            "0–∞");
}

}  // namespace
}  // namespace pidlab
