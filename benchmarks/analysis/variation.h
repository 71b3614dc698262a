// How much repeated results of the same thing differ. It is meant for results,
// such as the ratios of many runs; for samples it would only show how large the
// largest ones are.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_VARIATION_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_VARIATION_H_

#include <vector>

namespace pidlab {

// The coefficient of variation: the standard deviation (of a sample, with n -
// 1) over the mean. There must be two results, and their mean must not be 0.
double VariationOf(const std::vector<double>& results);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_VARIATION_H_
