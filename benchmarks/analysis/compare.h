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
  // How b differs from a, according to the quotient. A 95 % interval is not
  // enough to decide this: some of hundreds of them are wrong.
  Finding finding = Finding::kUnclear;
};

struct Changes {
  double resolution = 0;            // that of the coarser run
  std::vector<Change> changes;      // measured by both, in the order of `a`
  std::vector<std::string> only_a;  // names
  std::vector<std::string> only_b;
};

// Comparisons that have the same name but another quantile count as different.
Changes Compare(const Measured& a, const Measured& b);

// A table of at most 80 columns, in which what has changed comes first. Above
// the table are the heads of both runs, and the differences between their
// contexts, such as kernel, machine, privilege.
std::string Table(const Changes& changes, const Measured& a, const Measured& b);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_COMPARE_H_
