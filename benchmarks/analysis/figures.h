// Times, differences and ratios as text of about five columns, so that a row of
// them fits a terminal. They are rounded for a reader, not for further
// computing.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_FIGURES_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_FIGURES_H_

#include <string>

#include "benchmarks/analysis/ratio.h"

namespace pidlab {

// The unit of the times in a table.
struct Unit {
  const char* name;  // "µs"
  double nanoseconds;
  int most_decimals;
};

// The unit in which figures from `lowest` to `highest`, in nanoseconds, need
// the fewest columns: ns, µs or ms.
Unit UnitFor(double lowest, double highest);

// A time in that unit, with three significant digits, or fewer if there would
// be too many decimals: "34.9", "421", "0.17".
std::string TimeText(double nanoseconds, const Unit& unit);

// The same with a sign: "+4.52".
std::string DifferenceText(double nanoseconds, const Unit& unit);

// "1.190", "14.38"
std::string RatioText(double ratio);

// The ends of the ratio's interval, with as many decimals as the ratio has:
// "1.184–1.197"; "0–∞" if nothing is known.
std::string IntervalText(const Ratio& ratio);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_FIGURES_H_
