// Two runs side by side. The ratios inside each run are compared; times of
// different runs never are.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_

#include <string>
#include <vector>

#include "benchmarks/analysis/finding.h"
#include "benchmarks/analysis/measured.h"
#include "benchmarks/analysis/ratio.h"

namespace pidlab {

struct Change {
  std::string name;  // Comparison::Name()
  Ratio a;
  Ratio b;
  Ratio quotient;  // b / a, with its 95 % interval
  // What the quotient says of b, as seen from a. It takes more than a 95 %
  // interval: of hundreds of them, some are wrong.
  Finding finding = Finding::kUnclear;
};

struct Changes {
  double resolution = 0;            // that of the coarser run
  std::vector<Change> changes;      // what both have measured, as in `a`
  std::vector<std::string> only_a;  // names
  std::vector<std::string> only_b;
};

// A comparison of the same name at another quantile is another one.
Changes Compare(const Measured& a, const Measured& b);

// A table of at most 80 columns, in which what has changed comes first. Above
// it stand the heads of both runs, and what their contexts do not have in
// common: kernel, machine, privilege.
std::string Table(const Changes& changes, const Measured& a, const Measured& b);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_
