// Whether samples lie around one value or around two, in which case no single
// number says what an operation costs.

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

// The samples are parted at the widest gap that leaves a tenth of them, and
// ten, or more on either side. These are two groups if the upper median is at
// least a fifth above the lower one, as many samples are on either side of the
// middle half of the way between the medians, and in it are at most a tenth as
// many as on either side. A long tail is no mode. Nothing with fewer than 40
// samples.
std::optional<TwoModes> FindTwoModes(std::vector<double> samples);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_MODES_H_
