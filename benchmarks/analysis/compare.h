// Two runs side by side. The ratios inside each run are compared, never times
// across runs.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_

#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"
#include "benchmarks/analysis/ratio.h"
#include "benchmarks/analysis/verdict.h"

namespace pidlab {

struct Change {
  std::string name;  // Comparison::Name()
  Ratio a;
  Ratio b;
  Ratio quotient;  // b / a, with its 95 % interval
  // What that says of b, as seen from a. Beside other things, a 95 % interval
  // is not enough for it: of hundreds of such, some are wrong.
  Finding finding = Finding::kUnclear;
};

struct Changes {
  double resolution = 0;            // the coarser one of the two runs
  std::vector<Change> changes;      // what both have measured, as in `a`
  std::vector<std::string> only_a;  // names
  std::vector<std::string> only_b;
};

// A comparison of the same name at another quantile is another one.
Changes Compare(const Measured& a, const Measured& b);

// As a table of at most 80 columns, what has changed first; with a word on what
// the two runs do not have in common: kernel, machine, route, doubts.
std::string Table(const Changes& changes, const Measured& a, const Measured& b);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_
