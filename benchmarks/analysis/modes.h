// Finds out whether samples lie around one value or around two. If there are
// two, no single number says what an operation costs.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_MODES_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_MODES_H_

#include <optional>
#include <vector>

namespace pidlab {

struct TwoModes {
  double lower = 0;  // the medians of the two groups
  double upper = 0;
  double share_of_upper = 0;  // 0 to 1
};

// Nothing if there is one mode, or if there are fewer than 40 samples.
//
// The samples are divided at the widest gap that leaves at least a tenth of
// them, and at least ten, on either side. There are two modes if the upper
// median is at least a fifth above the lower one, and if the middle half of the
// distance between the medians has at least that many samples on either side of
// it, and in it at most a tenth of the smaller side. A long tail is not a mode.
std::optional<TwoModes> FindTwoModes(std::vector<double> samples);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_MODES_H_
