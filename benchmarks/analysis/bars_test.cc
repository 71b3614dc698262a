#include "benchmarks/analysis/bars.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace pidlab {
namespace {

using State = Bar::State;

// A comparison whose ratio is `ratio`: the first sample of each side has to be
// dropped.
Comparison Of(const std::string& group, const std::string& row,
              const std::string& base, double ratio,
              std::optional<int64_t> x = std::nullopt) {
  Comparison comparison;
  comparison.group = group;
  comparison.row = row;
  comparison.base = base;
  comparison.x = x;
  comparison.rounds = {{{.subject = {9e9, 1000 * ratio, 1000 * ratio},
                         .base = {9e9, 1000, 1000}}}};
  return comparison;
}

std::vector<Measured> Runs(const std::string& row,
                           const std::vector<double>& ratios) {
  std::vector<Measured> runs;
  for (const double ratio : ratios) {
    runs.emplace_back();
    runs.back().comparisons = {Of("create", row, "vfork", ratio)};
  }
  return runs;
}

Measured With(std::vector<Comparison> comparisons) {
  Measured run;
  run.comparisons = std::move(comparisons);
  return run;
}

State StateOf(const std::vector<Bar>& bars, const std::string& number) {
  for (const Bar& bar : bars) {
    if (bar.number == number) return bar.state;
  }
  return State::kNotMeasured;
}

TEST(SelfBar, IsMetCloseToOne) {
  // The median is 1.001; the deviation is 0.001, the CV 0.0999 %.
  const Bar bar = SelfBar(Runs("A/A", {1.0, 1.001, 1.002}), "vfork", "alone");
  EXPECT_EQ(bar.state, State::kMet);
  EXPECT_EQ(bar.figure, "1.0010, CV 0.10 %");
}

TEST(SelfBar, IsMissedFarFromOne) {
  EXPECT_EQ(SelfBar(Runs("A/A", {1.006, 1.006}), "vfork", "").state,
            State::kMissed);
  EXPECT_EQ(SelfBar(Runs("A/A", {0.994, 0.994}), "vfork", "").state,
            State::kMissed);
}

TEST(SelfBar, IsMissedWhenItVaries) {
  // The CV of 0.996, 1, 1.004 is 0.4 %, which is the most that is allowed.
  EXPECT_EQ(SelfBar(Runs("A/A", {0.9961, 1, 1.0039}), "vfork", "").state,
            State::kMet);
  EXPECT_EQ(SelfBar(Runs("A/A", {0.9959, 1, 1.0041}), "vfork", "").state,
            State::kMissed);
}

TEST(SelfBar, NeedsTwoRunsOfIt) {
  EXPECT_EQ(SelfBar(Runs("A/A", {1}), "vfork", "").state, State::kNotMeasured);
  EXPECT_EQ(SelfBar(Runs("A/A", {1, 1}), "cow", "").state, State::kNotMeasured);
}

TEST(RepeatBar, AllowsSixTenthsOfAPerCent) {
  // Around 1.2: deviations of 0.00719 and 0.00721 are 0.5992 % and 0.6008 %.
  EXPECT_EQ(RepeatBar(Runs("PID", {1.19281, 1.2, 1.20719}), "vfork", "").state,
            State::kMet);
  EXPECT_EQ(RepeatBar(Runs("PID", {1.19279, 1.2, 1.20721}), "vfork", "").state,
            State::kMissed);
}

TEST(EstimatorBar, AsksForTenTimes) {
  const std::vector<Measured> runs = Runs("PID", {1.19, 1.2, 1.21});
  EXPECT_EQ(EstimatorBar(runs, {1.0799, 1.2, 1.3201}).state, State::kMet);
  EXPECT_EQ(EstimatorBar(runs, {1.1001, 1.2, 1.2999}).state, State::kMissed);
  EXPECT_EQ(EstimatorBar(runs, {1}).state, State::kNotMeasured);
}

TEST(QuickBar, IsTenSeconds) {
  EXPECT_EQ(QuickBar(10).state, State::kMet);
  EXPECT_EQ(QuickBar(10.1).state, State::kMissed);
}

TEST(BarsOf, SaysNothingOfWhatWasNotAskedFor) {
  EXPECT_TRUE(BarsOf(Measured()).empty());
  EXPECT_TRUE(BarsOf(With({Of("create", "PID", "vfork", 1.2)})).empty());
}

TEST(BarsOf, HoldsARatioAgainstItsBar) {
  EXPECT_EQ(
      StateOf(BarsOf(With({Of("harness", "vfork", "loop", 1.009)})), "B3"),
      State::kMet);
  EXPECT_EQ(
      StateOf(BarsOf(With({Of("harness", "vfork", "loop", 1.011)})), "B3"),
      State::kMissed);
}

TEST(BarsOf, SaysWhatIsLacking) {
  Measured run = With({Of("harness", "vfork", "loop", 1)});
  run.omissions = {{"harness/vfork/assembly", "", "an errno", ""}};
  const std::vector<Bar> bars = BarsOf(run);
  const auto lacking =
      std::ranges::count(bars, State::kNotMeasured, &Bar::state);
  EXPECT_EQ(lacking, 3);  // the other loop, and both of the assembly
  EXPECT_EQ(bars[2].figure, "an errno");
}

TEST(BarsOf, WhatIsOnlyShownIsNeverMissed) {
  EXPECT_EQ(StateOf(BarsOf(With({Of("live", "namespaces", "alone", 3, 10000)})),
                    "B9"),
            State::kShown);
}

TEST(BarsOf, AddsUpThePhases) {
  const auto run = [](double reap) {
    return With({Of("phases", "PID", "vfork", 10),
                 Of("phases", "PID first", "vfork", 5),
                 Of("phases", "PID exit", "vfork", 3),
                 Of("phases", "PID reap", "vfork", reap)});
  };
  EXPECT_EQ(StateOf(BarsOf(run(1.81)), "B5"), State::kMet);
  EXPECT_EQ(StateOf(BarsOf(run(1.79)), "B5"), State::kMissed);
}

TEST(BarsOf, HoldsWhatIsAddedAtEachDepthAgainstDepthZero) {
  // It adds 200 ns at depth 0.
  const auto run = [](double deep) {
    return With({Of("depth", "PID", "vfork", 1.2, 0),
                 Of("depth", "PID", "vfork", deep, 31),
                 Of("depth", "getpid", "depth 0", 1, 31)});
  };
  const auto added = [&](double deep) { return BarsOf(run(deep)).back(); };
  EXPECT_EQ(added(1.2).number, "B7");
  EXPECT_EQ(added(1.229).state, State::kMet);
  EXPECT_EQ(added(1.231).state, State::kMissed);
  EXPECT_EQ(added(1.169).state, State::kMissed);
}

TEST(BarsTable, CountsThem) {
  const std::string table = BarsTable({QuickBar(1), QuickBar(99), QuickBar(2)});
  EXPECT_NE(table.find("2 met, 1 missed, 0 shown or not measured"), table.npos);
  EXPECT_NE(table.find("MISSED  B12"), table.npos);
}

}  // namespace
}  // namespace pidlab
