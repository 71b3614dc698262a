#include "benchmarks/analysis/bars.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "benchmarks/analysis/quantiles.h"
#include "benchmarks/analysis/ratio.h"
#include "benchmarks/analysis/variation.h"

namespace pidlab {
namespace {

using State = Bar::State;

const Comparison* Find(const Measured& run, const std::string& name) {
  for (const Comparison& comparison : run.comparisons) {
    if (comparison.Name() == name) return &comparison;
  }
  return nullptr;
}

std::vector<double> RatiosIn(const std::vector<Measured>& runs,
                             const std::string& name) {
  std::vector<double> ratios;
  for (const Measured& run : runs) {
    const Comparison* comparison = Find(run, name);
    if (comparison != nullptr)
      ratios.push_back(RatioValueOf(comparison->Kept(), comparison->quantile));
  }
  return ratios;
}

Bar NotMeasured(Bar bar, const Measured& run, const std::string& name) {
  bar.state = State::kNotMeasured;
  bar.figure = name + " was not measured";
  for (const Omission& omission : run.omissions) {
    if (omission.name == name) bar.figure = omission.probed;
  }
  return bar;
}

// A bar on the ratio of one comparison.
struct RatioBar {
  const char* number;
  const char* what;
  const char* comparison;
  double low;
  double high;
  const char* bar;
  bool shown;  // true: no bar is set
};

// How much longer the subject takes, in nanoseconds.
double Difference(const Comparison& comparison) {
  const double ratio = RatioValueOf(comparison.Kept(), comparison.quantile);
  return (ratio - 1) * Quantile(SamplesOf(comparison.Kept(), &BlockPair::base),
                                comparison.quantile);
}

constexpr double kNone = 0;
constexpr double kAny = 1e9;

constexpr RatioBar kRatioBars[] = {
    {"B3", "p50 in the harness / in a raw loop, vfork", "harness/vfork/loop",
     kNone, 1.01, "at most 1.01", false},
    {"B3", "p50 in the harness / in a raw loop, cow", "harness/cow/loop", kNone,
     1.01, "at most 1.01", false},
    {"B4", "the base in C++ / in assembly, vfork", "harness/vfork/assembly",
     kNone, 1.05, "at most 1.05", false},
    {"B4", "the base in C++ / in assembly, cow", "harness/cow/assembly", kNone,
     1.05, "at most 1.05", false},
    {"B6", "unshare(NEWPID) and clone3 / clone3(NEWPID)", "ways/unshare/PID",
     0.97, 1.03, "0.97 to 1.03 expected", true},
    {"B7", "getpid() at depth 31 / at depth 0", "depth/getpid/31/depth 0", 0.98,
     1.02, "1.00 +- 0.02", false},
    {"B8", "100 processes in a namespace / as they are",
     "teardown/kill init/100/kill all", 0.85, 1.15, "0.85 to 1.15 expected",
     true},
    {"B8", "1000 processes in a namespace / as they are",
     "teardown/kill init/1000/kill all", 0.85, 1.15, "0.85 to 1.15 expected",
     true},
    {"B9", "NEWPID beside 10000 live namespaces / beside none",
     "live/namespaces/10000/alone", kNone, 1.05, "at most 1.05 expected", true},
    {"B10", "pid namespaces a second at a limit of 10: predicted / measured",
     "deferred/pid/10/one slot", 0.85, 1.15, "1.00 +- 0.15", false},
    {"B10", "pid namespaces a second at a limit of 100: predicted / measured",
     "deferred/pid/100/one slot", 0.85, 1.15, "1.00 +- 0.15", false},
    {"B11", "NEWPID / vfork, the parent with 1 GiB", "memory/PID/1024/vfork",
     kNone, kAny, "without: 1.10 to 1.20 expected", true},
    {"B11", "NEWPID / copy-on-write, the parent with 1 GiB",
     "memory/PID/1024/cow", kNone, kAny, "1.00 expected", true},
};

Bar Judge(const RatioBar& set, const Measured& run) {
  Bar bar{set.number, set.what, "", set.bar};
  const Comparison* comparison = Find(run, set.comparison);
  if (comparison == nullptr) return NotMeasured(bar, run, set.comparison);
  const double ratio = RatioValueOf(comparison->Kept(), comparison->quantile);
  bar.figure = fmt::format("{:.3f}", ratio);
  const bool within = set.low <= ratio && ratio <= set.high;
  bar.state = set.shown ? State::kShown : within ? State::kMet : State::kMissed;
  return bar;
}

// B5: the share of the total that the phases account for, sample by sample.
Bar PhasesBar(const Measured& run, const std::string& row,
              const std::string& base) {
  constexpr double kLeast = 0.98;
  Bar bar{"B5",
          fmt::format("phases of {}, {}: their sum / the total", row, base), "",
          "at least 0.98"};
  const auto name = [&](const std::string& phase) {
    return fmt::format("phases/{}{}/{}", row, phase, base);
  };
  const Comparison* total = Find(run, name(""));
  if (total == nullptr) return NotMeasured(bar, run, name(""));
  const std::vector<double> totals =
      SamplesOf(total->Kept(), &BlockPair::subject);
  std::vector<double> shares(totals.size(), 0.0);
  for (const char* phase : {" first", " exit", " reap"}) {
    const Comparison* part = Find(run, name(phase));
    if (part == nullptr) return NotMeasured(bar, run, name(phase));
    const std::vector<double> samples =
        SamplesOf(part->Kept(), &BlockPair::subject);
    for (size_t i = 0; i < shares.size(); ++i) {
      shares[i] += samples.at(i) / totals[i];
    }
  }
  const double share = Quantile(shares, 0.5);
  bar.figure = fmt::format("{:.3f}", share);
  bar.state = share >= kLeast ? State::kMet : State::kMissed;
  return bar;
}

// B7: what NEWPID adds is the same at every depth.
Bar DepthBar(const Measured& run) {
  constexpr double kFarthest = 0.15;
  Bar bar{"B7", "what NEWPID adds at each depth / at depth 0", "",
          "1.00 +- 0.15"};
  std::vector<double> shares;
  double at_none = 0;
  for (const Comparison& comparison : run.comparisons) {
    if (comparison.group != "depth" || comparison.row != "PID") continue;
    const double added = Difference(comparison);
    if (comparison.x == 0) at_none = added;
    shares.push_back(added);
  }
  if (at_none == 0 || shares.size() < 2) {
    return NotMeasured(bar, run, "depth/PID/0/vfork");
  }
  for (double& share : shares) share /= at_none;
  const auto [least, most] = std::ranges::minmax(shares);
  bar.figure = fmt::format("{:.2f} to {:.2f}", least, most);
  const bool met = least >= 1 - kFarthest && most <= 1 + kFarthest;
  bar.state = met ? State::kMet : State::kMissed;
  return bar;
}

bool Has(const Measured& run, const std::string& group) {
  return std::ranges::any_of(run.comparisons,
                             [&](const Comparison& comparison) {
                               return comparison.group == group;
                             }) ||
         std::ranges::any_of(run.omissions, [&](const Omission& omission) {
           return omission.name.starts_with(group + "/");
         });
}

}  // namespace

const char* StateName(State state) {
  switch (state) {
    case State::kMet:
      return "met";
    case State::kMissed:
      return "MISSED";
    case State::kShown:
      return "shown";
    case State::kNotMeasured:
      return "not measured";
  }
  return "?";
}

Bar SelfBar(const std::vector<Measured>& runs, const std::string& base,
            const std::string& where) {
  constexpr double kFarthest = 0.005;
  constexpr double kVariation = 0.004;
  Bar bar{"B1", fmt::format("A/A {}, {} runs {}", base, runs.size(), where), "",
          "1.000 +- 0.005, CV at most 0.4 %"};
  const std::vector<double> ratios = RatiosIn(runs, "create/A/A/" + base);
  if (ratios.size() < 2) return NotMeasured(bar, {}, "create/A/A/" + base);
  const double median = Quantile(ratios, 0.5);
  const double variation = VariationOf(ratios);
  bar.figure = fmt::format("{:.4f}, CV {:.2f} %", median, 100 * variation);
  const bool met = std::abs(median - 1) <= kFarthest && variation <= kVariation;
  bar.state = met ? State::kMet : State::kMissed;
  return bar;
}

Bar RepeatBar(const std::vector<Measured>& runs, const std::string& base,
              const std::string& where) {
  constexpr double kVariation = 0.006;
  Bar bar{"B2",
          fmt::format("NEWPID / {}, {} runs {}", base, runs.size(), where), "",
          "CV at most 0.6 %"};
  const std::vector<double> ratios = RatiosIn(runs, "create/PID/" + base);
  if (ratios.size() < 2) return NotMeasured(bar, {}, "create/PID/" + base);
  const double variation = VariationOf(ratios);
  bar.figure = fmt::format("{:.3f}, CV {:.2f} %", Quantile(ratios, 0.5),
                           100 * variation);
  bar.state = variation <= kVariation ? State::kMet : State::kMissed;
  return bar;
}

Bar EstimatorBar(const std::vector<Measured>& runs,
                 const std::vector<double>& mean_ratios) {
  constexpr double kTimes = 10;
  Bar bar{"B2", "the CV of Google Benchmark's mean / ours, beside a load", "",
          "at least 10"};
  const std::vector<double> ratios = RatiosIn(runs, "create/PID/vfork");
  if (ratios.size() < 2 || mean_ratios.size() < 2) {
    return NotMeasured(bar, {}, "create/PID/vfork");
  }
  const double ours = VariationOf(ratios);
  const double theirs = VariationOf(mean_ratios);
  bar.figure = fmt::format("{:.1f} ({:.2f} % / {:.2f} %)", theirs / ours,
                           100 * theirs, 100 * ours);
  bar.state = theirs >= kTimes * ours ? State::kMet : State::kMissed;
  return bar;
}

Bar QuickBar(double seconds) {
  constexpr double kMost = 10;
  return {"B12", "the quick run", fmt::format("{:.1f} s", seconds),
          "at most 10 s", seconds <= kMost ? State::kMet : State::kMissed};
}

std::vector<Bar> BarsOf(const Measured& run) {
  std::vector<Bar> bars;
  for (const RatioBar& set : kRatioBars) {
    const std::string name = set.comparison;
    if (Has(run, name.substr(0, name.find('/')))) {
      bars.push_back(Judge(set, run));
    }
  }
  if (Has(run, "depth")) bars.push_back(DepthBar(run));
  if (Has(run, "phases")) {
    for (const char* base : {"vfork", "cow"}) {
      bars.push_back(PhasesBar(run, "PID", base));
    }
  }
  return bars;
}

std::string BarsTable(const std::vector<Bar>& bars) {
  std::string text;
  int met = 0;
  int missed = 0;
  int open = 0;
  for (const Bar& bar : bars) {
    text += fmt::format("{:<6}  {:<3}  {}\n", StateName(bar.state), bar.number,
                        bar.what);
    text += fmt::format("             {}  ({})\n", bar.figure, bar.bar);
    ++(bar.state == State::kMet      ? met
       : bar.state == State::kMissed ? missed
                                     : open);
  }
  return text + fmt::format("\n{} met, {} missed, {} shown or not measured\n",
                            met, missed, open);
}

}  // namespace pidlab
