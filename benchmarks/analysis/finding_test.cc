#include "benchmarks/analysis/finding.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace pidlab {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// All numbers below are sums of powers of two, so that a value can be exactly
// on a boundary.
constexpr double kResolution = 0.125;

Finding Of(double low, double value, double high) {
  return FindingOf({value, {low, high}}, kResolution);
}

TEST(FindingName, IsWhatTheTableSays) {
  EXPECT_STREQ(FindingName(Finding::kSame), "same");
  EXPECT_STREQ(FindingName(Finding::kFaster), "faster");
  EXPECT_STREQ(FindingName(Finding::kSlower), "slower");
  EXPECT_STREQ(FindingName(Finding::kUnclear), "unclear");
}

TEST(ResolutionOf, IsTheFarthestFromOne) {
  EXPECT_DOUBLE_EQ(ResolutionOf({1, {0.75, 1.125}}), 0.25);
  EXPECT_DOUBLE_EQ(ResolutionOf({1, {0.875, 1.5}}), 0.5);
  EXPECT_DOUBLE_EQ(ResolutionOf({1.25, {1, 1.125}}), 0.25);
  EXPECT_DOUBLE_EQ(ResolutionOf({0.75, {0.875, 1}}), 0.25);
}

TEST(ResolutionOf, IsNeverFinerThanHalfAPerCent) {
  EXPECT_DOUBLE_EQ(ResolutionOf({1, {1, 1}}), 0.005);
  EXPECT_DOUBLE_EQ(ResolutionOf({1.001, {0.998, 1.004}}), 0.005);
  EXPECT_GT(ResolutionOf({1.001, {0.998, 1.006}}), 0.0059);
}

TEST(FindingOf, IsSlowerIfTheWholeIntervalIsAbove) {
  EXPECT_EQ(Of(1.25, 1.375, 1.5), Finding::kSlower);
  EXPECT_EQ(Of(std::nextafter(1.125, 2), 1.25, 9), Finding::kSlower);
  EXPECT_EQ(Of(1.125, 1.25, 1.5), Finding::kUnclear);
}

TEST(FindingOf, IsFasterIfTheWholeIntervalIsBelow) {
  EXPECT_EQ(Of(0.5, 0.625, 0.75), Finding::kFaster);
  EXPECT_EQ(Of(0.25, 0.5, std::nextafter(0.875, 0)), Finding::kFaster);
  EXPECT_EQ(Of(0.5, 0.75, 0.875), Finding::kUnclear);
}

TEST(FindingOf, IsSameIfTheDifferenceIsBelowTheResolution) {
  EXPECT_EQ(Of(1, 1, 1), Finding::kSame);
  EXPECT_EQ(Of(0.9375, 1, 1.0625), Finding::kSame);
  EXPECT_EQ(Of(1.03125, 1.0625, 1.09375), Finding::kSame);
  EXPECT_EQ(Of(1.0625, 1.125, 1.1875), Finding::kSame);
  EXPECT_EQ(Of(0.8125, 0.875, 0.9375), Finding::kSame);
}

TEST(FindingOf, IsUnclearIfTheValueIsBeyondAndTheIntervalIsNot) {
  EXPECT_EQ(Of(1.0625, std::nextafter(1.125, 2), 1.1875), Finding::kUnclear);
  EXPECT_EQ(Of(0.8125, std::nextafter(0.875, 0), 0.9375), Finding::kUnclear);
}

TEST(FindingOf, IsUnclearIfTheIntervalIsWide) {
  EXPECT_EQ(Of(0.75, 1, 1.25), Finding::kSame);
  EXPECT_EQ(Of(0.75, 1, std::nextafter(1.25, 2)), Finding::kUnclear);
  EXPECT_EQ(Of(std::nextafter(0.75, 0), 1, 1.25), Finding::kUnclear);
  EXPECT_EQ(Of(0.25, 1.5, 3), Finding::kUnclear);
  EXPECT_EQ(Of(0, 1.5, kInfinity), Finding::kUnclear);
}

TEST(FindingOf, IsAlwaysUnclearIfNothingCanBeToldApart) {
  EXPECT_EQ(FindingOf({1, {1, 1}}, 1), Finding::kUnclear);
  EXPECT_EQ(FindingOf({9, {8, 10}}, 1), Finding::kUnclear);
  EXPECT_EQ(FindingOf({1, {1, 1}}, ResolutionOf({1, {0, kInfinity}})),
            Finding::kUnclear);
  EXPECT_EQ(FindingOf({1, {1, 1}}, std::nextafter(1, 0)), Finding::kSame);
}

}  // namespace
}  // namespace pidlab
