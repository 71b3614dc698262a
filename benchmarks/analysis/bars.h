// The bars of the benchmarks, and whether runs meet them. Some show how good
// the measuring is (B1 to B5, B12), the others whether what is measured behaves
// as expected (B6 to B11). docs/benchmarks.md explains each. The runs are done
// elsewhere.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_BARS_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_BARS_H_

#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

struct Bar {
  enum class State {
    kMet,
    kMissed,
    kShown,        // no bar is set; `bar` is what is expected
    kNotMeasured,  // omitted here, or failed: the figure says why
  };

  std::string number;  // "B1"
  std::string what;    // "A/A, vfork"
  std::string figure;  // "1.0003, CV 0.21 %"
  std::string bar;     // "1.000 +- 0.005, CV at most 0.4 %"
  State state = State::kNotMeasured;
};

// "met", "MISSED", "shown", "not measured"
const char* StateName(Bar::State state);

// B1: an operation compared with itself, in many runs: the median of the ratios
// is 1 within 0.005, and their coefficient of variation (CV, the standard
// deviation over the mean) is at most 0.4 %. `where` is "alone", for example.
Bar SelfBar(const std::vector<Measured>& runs, const std::string& base,
            const std::string& where);

// B2: NEWPID compared with `base`, in many runs: the CV of the ratios is at
// most 0.6 %.
Bar RepeatBar(const std::vector<Measured>& runs, const std::string& base,
              const std::string& where);

// B2: the CV of the ratios of `means`, as Google Benchmark has measured them,
// is at least ten times that of the ratios of `runs`.
Bar EstimatorBar(const std::vector<Measured>& runs,
                 const std::vector<double>& mean_ratios);

// The bars B3 to B11 for which this run has measured something.
std::vector<Bar> BarsOf(const Measured& run);

// B12: the quick run took at most ten seconds.
Bar QuickBar(double seconds);

// Two lines of at most 80 columns for each, and a count.
std::string BarsTable(const std::vector<Bar>& bars);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_BARS_H_
