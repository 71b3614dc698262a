#include "benchmarks/analysis/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "benchmarks/analysis/figures.h"
#include "benchmarks/analysis/modes.h"
#include "benchmarks/analysis/table.h"
#include "lib/text/grid.h"
#include "lib/text/labelled.h"

namespace pidlab {
namespace {

// Two runs of the same thing also differ because of conditions that do not
// change within a run, such as the place of the kernel's and the program's
// memory. The interval of neither run contains that difference. This is the
// standard deviation of the logarithm of their quotient: 0.6 %, which is how
// well a ratio repeats in the worst case, times the root of 2.
constexpr double kBetweenRuns = 0.0085;

// A quotient is called faster or slower only if it is beyond both of these
// limits together, so that none of the thousands of rows of twenty comparisons
// is so by chance. The second number is large for a reason: the work that a
// namespace leaves to threads of the kernel makes some rows drift for longer
// than a run, and the interval of a run does not contain that, either. In all
// pairs of 21 quick runs on a machine that others used, the worst of 5,460 rows
// would have needed 3.8 (and 15 of them 2.25, which is a little more than the
// 1.96 of a 95 % interval); in four full runs, the worst of 1,320 rows would
// have needed 1.4.
constexpr double kCertainBetweenRuns = 0.035;
constexpr double kCertainWithinRuns = 4;  // times half the 95 % interval

// Two runs that differ by no more than this are said to be the same.
constexpr double kUsualBetweenRuns = 2 * kBetweenRuns;

// Whether a quantile stays in the lower mode even if the shares of the modes
// vary from run to run.
bool StaysInLower(const std::optional<TwoModes>& modes, double quantile) {
  return modes && quantile <= (1 - modes->share_of_upper) / 2;
}

// The factor by which a quantile may change from run to run because it jumps
// from one mode of the samples to the other.
double JumpOf(const std::vector<double>& a, const std::vector<double>& b,
              double quantile) {
  const std::optional<TwoModes> of_a = FindTwoModes(a);
  const std::optional<TwoModes> of_b = FindTwoModes(b);
  if (StaysInLower(of_a, quantile) && StaysInLower(of_b, quantile)) return 1;
  double jump = 1;
  for (const auto& modes : {of_a, of_b}) {
    if (modes) jump = std::max(jump, modes->upper / modes->lower);
  }
  return jump;
}

// The quotient, with an interval that nearly always contains the quotient of
// two runs of the same thing.
Ratio WithCertainInterval(const Ratio& quotient, double jump) {
  const double within =
      std::log(quotient.interval.high / quotient.interval.low) / 2;
  const double widening =
      jump *
      std::exp(std::hypot(kCertainBetweenRuns, kCertainWithinRuns * within));
  return {quotient.value,
          {quotient.value / widening, quotient.value * widening}};
}

Finding Judge(const Ratio& quotient, double jump, double resolution) {
  const Finding seen = FindingOf(quotient, resolution);
  const bool seen_as_changed =
      seen == Finding::kSlower || seen == Finding::kFaster;
  if (seen_as_changed &&
      FindingOf(WithCertainInterval(quotient, jump), 0) == seen) {
    return seen;
  }
  return FindingOf(quotient, resolution + kUsualBetweenRuns) == Finding::kSame
             ? Finding::kSame
             : Finding::kUnclear;
}

Change ChangeOf(const Comparison& a, const Comparison& b, uint64_t seed_a,
                uint64_t seed_b, double resolution) {
  const std::vector<Round> rounds_a = a.Kept();
  const std::vector<Round> rounds_b = b.Kept();
  const double p = a.quantile;
  Change change{a.Name(), RatioOf(rounds_a, p, seed_a),
                RatioOf(rounds_b, p, seed_b),
                QuotientOf(rounds_b, rounds_a, p, seed_a)};
  double jump = 1;
  for (const auto side : {&BlockPair::subject, &BlockPair::base}) {
    jump *= JumpOf(SamplesOf(rounds_a, side), SamplesOf(rounds_b, side), p);
  }
  change.finding = Judge(change.quotient, jump, resolution);
  return change;
}

const Comparison* Find(const Measured& measured, const Comparison& like) {
  const auto found =
      std::ranges::find_if(measured.comparisons, [&like](const auto& other) {
        return other.Name() == like.Name() && other.quantile == like.quantile;
      });
  return found == measured.comparisons.end() ? nullptr : &*found;
}

std::string TextOf(const std::string& text) {
  return text.empty() ? "none" : text;
}
std::string TextOf(bool flag) { return flag ? "yes" : "no"; }
std::string TextOf(std::optional<int64_t> number) {
  return number ? std::to_string(*number) : "unknown";
}
template <typename Number>
std::string TextOf(Number number) {
  return fmt::format("{}", number);
}

// A line with DIFFERENT for each value of the context that differs and is known
// to change a ratio.
std::string Differences(const Context& a, const Context& b) {
  std::string text;
  ForEachContextField([&](const auto& field) {
    const auto& in_a = a.*field.member;
    const auto& in_b = b.*field.member;
    if (field.compared_as == nullptr || in_a == in_b) return;
    text +=
        Labelled("DIFFERENT ", fmt::format("{}: {} and {}", field.compared_as,
                                           TextOf(in_a), TextOf(in_b)));
  });
  return text;
}

bool HasChanged(const Change& change) {
  return change.finding == Finding::kSlower ||
         change.finding == Finding::kFaster;
}

// First the comparisons that have changed, sorted by how much, then the unclear
// ones.
std::vector<Change> InOrder(std::vector<Change> changes) {
  const auto place = [](const Change& change) {
    const bool changed = HasChanged(change);
    return std::tuple(changed                               ? 0
                      : change.finding == Finding::kUnclear ? 1
                                                            : 2,
                      changed ? -std::abs(std::log(change.quotient.value)) : 0);
  };
  std::ranges::stable_sort(changes, {}, place);
  return changes;
}

std::string Legend(double resolution) {
  if (resolution >= 1) {
    return Labelled("finding  ",
                    "unclear: a run without A/A, one operation beside itself, "
                    "does not tell its resolution");
  }
  return Labelled(
             "b / a    ",
             "the quotient of the ratios to the base, never of times; with "
             "its 95 % interval") +
         Labelled("changed  ",
                  fmt::format("b / a is beyond ±{:.1f} %, or more where it is "
                              "unsure, and its interval is beyond ±{:.1f} %, "
                              "the coarser resolution of the two runs",
                              100 * kCertainBetweenRuns, 100 * resolution)) +
         Labelled("same     ",
                  fmt::format("within ±{:.1f} %: two runs of the same thing "
                              "often differ by as much",
                              100 * (resolution + kUsualBetweenRuns)));
}

std::string Names(std::string_view label,
                  const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += Labelled(label, name);
  return text;
}

std::string Count(const std::vector<Change>& changes) {
  const auto count = [&changes](Finding finding) {
    return std::ranges::count(changes, finding, &Change::finding);
  };
  return fmt::format("{} slower, {} faster, {} unclear, {} same\n",
                     count(Finding::kSlower), count(Finding::kFaster),
                     count(Finding::kUnclear), count(Finding::kSame));
}

}  // namespace

Changes Compare(const Measured& a, const Measured& b) {
  Changes result;
  result.resolution = std::max(ResolutionOf(a), ResolutionOf(b));
  for (const Comparison& in_a : a.comparisons) {
    if (const Comparison* in_b = Find(b, in_a)) {
      result.changes.push_back(
          ChangeOf(in_a, *in_b, a.seed, b.seed, result.resolution));
    } else {
      result.only_a.push_back(in_a.Name());
    }
  }
  for (const Comparison& in_b : b.comparisons) {
    if (!Find(a, in_b)) result.only_b.push_back(in_b.Name());
  }
  return result;
}

std::string Table(const Changes& changes, const Measured& a,
                  const Measured& b) {
  std::string text = "a\n" + Head(a) + "b\n" + Head(b) +
                     Differences(a.context, b.context) + "\n";
  if (!changes.changes.empty()) {
    static constexpr size_t kQuotientColumn = 3;
    Grid grid(kQuotientColumn);
    grid.Add({"", "a", "b", "b / a 95 %", ""});
    for (const Change& change : InOrder(changes.changes)) {
      grid.Add({change.name, RatioText(change.a.value),
                RatioText(change.b.value),
                fmt::format("{} {}", RatioText(change.quotient.value),
                            IntervalText(change.quotient)),
                FindingName(change.finding)});
    }
    text += grid.Text() + "\n";
  }
  text += Names("only in a  ", changes.only_a) +
          Names("only in b  ", changes.only_b);
  if (!changes.only_a.empty() || !changes.only_b.empty()) text += "\n";
  if (!changes.changes.empty()) text += Legend(changes.resolution);
  return text + Count(changes.changes);
}

}  // namespace pidlab
