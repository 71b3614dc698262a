#include "benchmarks/analysis/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "benchmarks/analysis/figures.h"
#include "benchmarks/analysis/finding.h"
#include "benchmarks/analysis/modes.h"
#include "benchmarks/analysis/quantiles.h"
#include "benchmarks/analysis/ratio.h"
#include "lib/text/grid.h"
#include "lib/text/labelled.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

size_t CountSamples(const Measured& measured) {
  size_t count = 0;
  for (const Comparison& comparison : measured.comparisons) {
    for (const auto side : {&BlockPair::subject, &BlockPair::base}) {
      count += SamplesOf(comparison.rounds, side).size();
    }
  }
  return count;
}

// The pieces in as few lines as possible. No piece is broken.
std::string InLines(const std::vector<std::string>& pieces) {
  static constexpr std::string_view kBetween = " | ";
  std::string text;
  size_t width = 0;  // of the last line
  for (const std::string& piece : pieces) {
    if (piece.empty()) continue;
    const size_t more = DisplayWidth(piece);
    const bool fits = width + kBetween.size() + more <= kColumns;
    if (width > 0) text += fits ? kBetween : "\n";
    width = width > 0 && fits ? width + kBetween.size() + more : more;
    text += piece;
  }
  return text + "\n";
}

std::string QuantileName(double quantile) {
  return fmt::format("p{:.0f}", 100 * quantile);
}

// A row of a table, before its unit is known.
struct Line {
  std::string name;
  Quantiles times;
  std::optional<TwoModes> modes;
  double quantile = 0;  // of the members below
  std::optional<double> difference;
  std::string ratio;  // to the first base, with its interval
  std::string second_ratio;
  std::string finding;
};

// The place of a row in the table: by its name, in the order in which names
// were first seen, and in a curve by its x.
using Place = std::pair<size_t, std::optional<int64_t>>;

size_t IndexOf(std::string_view name, std::vector<std::string>& names) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  names.emplace_back(name);
  return names.size() - 1;
}

std::string NameWithX(const std::string& name, std::optional<int64_t> x) {
  return x ? fmt::format("{} {}", name, *x) : name;
}

// All comparisons of one table.
class Group {
 public:
  Group(std::string name, double resolution, uint64_t seed)
      : name_(std::move(name)), resolution_(resolution), seed_(seed) {}

  const std::string& Name() const { return name_; }
  void Add(const Comparison& comparison) {
    all_.push_back(&comparison);
    IndexOf(comparison.base, bases_);
  }
  std::string Table() const;

 private:
  // The comparisons of a row, in the order of their bases.
  using Row = std::map<size_t, const Comparison*>;
  using Rows = std::map<Place, Row>;

  Rows MergedRows() const;
  std::vector<Line> LinesOfBases(bool have_columns) const;
  std::vector<Line> LinesOfRows(bool have_columns) const;
  Line LineOf(const Comparison& comparison) const;

  std::string name_;
  double resolution_;
  uint64_t seed_;
  std::vector<const Comparison*> all_;
  std::vector<std::string> bases_;  // of all comparisons
};

// Comparisons that differ only in the base become one row.
Group::Rows Group::MergedRows() const {
  std::vector<std::string> names;
  std::vector<std::string> bases = bases_;
  Rows rows;
  for (const Comparison* comparison : all_) {
    Row& row = rows[{IndexOf(comparison->row, names), comparison->x}];
    row[IndexOf(comparison->base, bases)] = comparison;
  }
  return rows;
}

// Each base was measured together with every row; its line shows all of these
// samples.
std::vector<Line> Group::LinesOfBases(bool have_columns) const {
  std::vector<std::string> bases = bases_;
  std::map<Place, std::vector<double>> samples;
  for (const Comparison* comparison : all_) {
    std::ranges::move(
        SamplesOf(comparison->Kept(), &BlockPair::base),
        std::back_inserter(
            samples[{IndexOf(comparison->base, bases), comparison->x}]));
  }
  std::vector<Line> lines;
  for (const auto& [place, found] : samples) {
    Line line;
    line.name = NameWithX(bases_[place.first], place.second);
    line.times = QuantilesOf(found);
    line.modes = FindTwoModes(found);
    line.quantile = all_.front()->quantile;
    const bool second = have_columns && place.first == 1;
    (second ? line.second_ratio : line.ratio) = fmt::format("{:>5}", 1);
    line.finding = "base";
    lines.push_back(std::move(line));
  }
  return lines;
}

// Without columns for the bases, each comparison has a line, and its name
// contains the base.
std::vector<Line> Group::LinesOfRows(bool have_columns) const {
  std::vector<Line> lines;
  for (const auto& [place, row] : MergedRows()) {
    for (const auto& [base, comparison] : row) {
      if (have_columns && base == 1) {
        lines.back().second_ratio =
            RatioText(RatioValueOf(comparison->Kept(), comparison->quantile));
        continue;
      }
      lines.push_back(LineOf(*comparison));
      lines.back().name =
          NameWithX(have_columns ? comparison->row
                                 : comparison->row + " / " + comparison->base,
                    comparison->x);
    }
  }
  return lines;
}

Line Group::LineOf(const Comparison& comparison) const {
  const std::vector<Round> kept = comparison.Kept();
  const auto subject = SamplesOf(kept, &BlockPair::subject);
  const double p = comparison.quantile;
  const Ratio ratio = RatioOf(kept, p, seed_);
  Line line;
  line.times = QuantilesOf(subject);
  line.modes = FindTwoModes(subject);
  line.quantile = p;
  // This is not the difference of two quantiles, since it has to agree with the
  // ratio.
  line.difference =
      (ratio.value - 1) * Quantile(SamplesOf(kept, &BlockPair::base), p);
  // The interval shows how sure a single number is. With two modes there is no
  // single number.
  line.ratio = fmt::format("{:>5} {}", RatioText(ratio.value),
                           line.modes ? "two modes" : IntervalText(ratio));
  line.finding = comparison.row == kSelfRow
                     ? "resolution"
                     : FindingName(FindingOf(ratio, resolution_));
  return line;
}

Unit UnitOf(const std::vector<Line>& lines) {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = 0;
  for (const Line& line : lines) {
    lowest = std::min(lowest, line.times.p10);
    highest = std::max(highest, line.times.p99);
  }
  return UnitFor(lowest, highest);
}

// The ratio to the second base, and the finding. A finding that is too long for
// its column also uses the column before it, if that is empty.
std::string LastCell(const std::string& second_ratio,
                     const std::string& finding, size_t second_width) {
  static constexpr size_t kFindingWidth = 7;
  if (second_width == 0) return finding;
  if (!second_ratio.empty()) {
    return fmt::format("{:>{}} {}", second_ratio, second_width, finding);
  }
  const size_t room = second_width + 1 + kFindingWidth;
  const size_t width = std::max(finding.size(), kFindingWidth);
  return std::string(room - std::min(room, width), ' ') + finding;
}

std::string NoteOf(const Line& line, double usual_quantile, const Unit& unit) {
  std::string note;
  if (line.modes) {
    note = fmt::format("two modes: {} and {} {} ({:.0f} % in the upper)",
                       TimeText(line.modes->lower, unit),
                       TimeText(line.modes->upper, unit), unit.name,
                       100 * line.modes->share_of_upper);
  }
  if (line.quantile != usual_quantile) {
    if (!note.empty()) note += "; ";
    note += "the ratio is that of the " + QuantileName(line.quantile);
  }
  return note;
}

std::string Group::Table() const {
  // There are columns for the bases only if every row has the first one, and if
  // there is no third.
  const bool have_columns =
      bases_.size() <= 2 &&
      std::ranges::all_of(
          MergedRows(), [](const auto& row) { return row.second.contains(0); });
  std::vector<Line> lines = LinesOfBases(have_columns);
  std::ranges::move(LinesOfRows(have_columns), std::back_inserter(lines));

  const Unit unit = UnitOf(lines);
  const double usual_quantile = all_.front()->quantile;
  const bool has_second = have_columns && bases_.size() == 2;
  const std::string second_head = has_second ? "/ " + bases_[1] : "";
  const size_t second_width =
      has_second ? std::max<size_t>(5, DisplayWidth(second_head)) : 0;
  static constexpr size_t kRatioColumn = 8;
  Grid grid(kRatioColumn);
  grid.Add({"", "n", "p10", "p25", "p50", "p90", "p99",
            fmt::format("+{}", unit.name),
            (have_columns ? "/ " + bases_[0] : "ratio") + "  95 %",
            second_head});
  for (const Line& line : lines) {
    const Quantiles& times = line.times;
    grid.Add(
        {line.name, std::to_string(times.n), TimeText(times.p10, unit),
         TimeText(times.p25, unit), TimeText(times.p50, unit),
         TimeText(times.p90, unit), TimeText(times.p99, unit),
         line.difference ? DifferenceText(*line.difference, unit) : "",
         line.ratio, LastCell(line.second_ratio, line.finding, second_width)},
        NoteOf(line, usual_quantile, unit));
  }
  return fmt::format("{}: {}, ratios of the {} of blocks\n{}", name_, unit.name,
                     QuantileName(usual_quantile), grid.Text());
}

bool HasSelfRow(const Measured& measured) {
  return std::ranges::find(measured.comparisons, kSelfRow, &Comparison::row) !=
         measured.comparisons.end();
}

std::string Legend(const Measured& measured, double resolution) {
  const std::string finding =
      HasSelfRow(measured)
          ? fmt::format(
                "beside the resolution of this run, ±{:.1f} %: how far "
                "from 1 A/A may lie, one operation beside itself",
                100 * resolution)
          : "unclear: without A/A, one operation beside itself, the resolution "
            "of this run is not known";
  return Labelled(
             "n        ",
             "samples, without the first of each block; a base's are those "
             "beside all rows") +
         Labelled("/ BASE   ",
                  "how many times that of the base: the median of the blocks' "
                  "ratios, with the 95 % interval of the bootstrap; left of it "
                  "the difference that it makes") +
         Labelled("finding  ", finding);
}

std::string TextOf(const Omission& omission) {
  return Labelled("SKIP  ", omission.name) +
         Labelled("  needs     ", omission.needs) +
         Labelled("  probed    ", omission.probed) +
         Labelled("  to run    ", omission.to_run);
}

}  // namespace

double ResolutionOf(const Measured& measured) {
  std::optional<double> coarsest;
  for (const Comparison& comparison : measured.comparisons) {
    if (comparison.row != kSelfRow) continue;
    const double resolution = ResolutionOf(
        RatioOf(comparison.Kept(), comparison.quantile, measured.seed));
    coarsest = std::max(coarsest.value_or(0), resolution);
  }
  return coarsest.value_or(1);
}

std::string Head(const Measured& measured) {
  const Context& context = measured.context;
  std::string text =
      InLines({fmt::format("Linux {} {}", context.kernel, context.machine),
               context.cpu_model,
               context.hypervisor.empty() ? "" : "on " + context.hypervisor,
               fmt::format("{} CPUs, {}", context.cpus_online,
                           context.pinned_cpu ? fmt::format("pinned to {}",
                                                            *context.pinned_cpu)
                                              : "not pinned")});
  text += InLines({context.privilege, fmt::format("seed {}", measured.seed),
                   context.quick ? "quick" : "full",
                   fmt::format("{} samples in {:.0f} s", CountSamples(measured),
                               context.elapsed_seconds),
                   context.began});
  for (const std::string& doubt : Doubts(context)) {
    text += Labelled("DOUBTFUL ", doubt);
  }
  if (!measured.complete) {
    text +=
        "INCOMPLETE not all was measured: interrupted, or something failed\n";
  }
  return text;
}

std::string Tables(const Measured& measured) {
  const double resolution = ResolutionOf(measured);
  std::vector<Group> groups;
  for (const Comparison& comparison : measured.comparisons) {
    auto group = std::ranges::find(groups, comparison.group, &Group::Name);
    if (group == groups.end()) {
      group =
          groups.emplace(group, comparison.group, resolution, measured.seed);
    }
    group->Add(comparison);
  }
  std::string text = Head(measured);
  for (const Group& group : groups) text += "\n" + group.Table();
  if (!groups.empty()) text += "\n" + Legend(measured, resolution);
  for (const Omission& omission : measured.omissions) {
    text += "\n" + TextOf(omission);
  }
  return text;
}

}  // namespace pidlab
