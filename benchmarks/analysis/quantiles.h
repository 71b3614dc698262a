// Quantiles of samples. Distributions are reported by their quantiles, since a
// mean would contain every disturbance. No units are assumed.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_QUANTILES_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_QUANTILES_H_

#include <cstddef>
#include <vector>

namespace pidlab {

// The value below which the share `p` of the samples lies, 0 <= p <= 1. It is
// interpolated linearly between the two samples next to it (Hyndman and Fan's
// type 7, the default of R and NumPy). There must be a sample.
double Quantile(std::vector<double> samples, double p);

struct Quantiles {
  size_t n = 0;
  double p10 = 0;
  double p25 = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};

// All zero if there is no sample.
Quantiles QuantilesOf(std::vector<double> samples);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_QUANTILES_H_
