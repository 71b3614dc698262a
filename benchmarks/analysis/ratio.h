// How many times more expensive one operation is than another, from samples
// that were taken in turns, and how sure that is. finding.h decides what it
// means.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_RATIO_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_RATIO_H_

#include <cstdint>
#include <vector>

namespace pidlab {

// One block of samples of each of two operations, taken one after the other, in
// random order. What disturbs one also disturbs the other.
struct BlockPair {
  std::vector<double> subject;
  std::vector<double> base;
};

// The block pairs of one process that measured. Processes differ in where their
// memory lies, so the samples of one round have more in common than those of
// two rounds.
using Round = std::vector<BlockPair>;

// All samples of one side, of all blocks.
std::vector<double> SamplesOf(const std::vector<Round>& rounds,
                              std::vector<double> BlockPair::*side);

struct Interval {
  double low = 0;
  double high = 0;
};

struct Ratio {
  double value = 0;
  Interval interval;  // its confidence interval, by the bootstrap
};

// The median, over all block pairs, of the ratio of their quantiles `p`. A
// block pair that lacks a side is left out; at least one must be complete.
//
// The samples are not pooled, because a CPU changes its speed (its clock, or
// what its sibling does) within milliseconds: two blocks that were taken one
// after the other mostly have the same speed, but a low quantile of all samples
// depends on how many samples of either side were taken at the high speed.
//
// The interval is the percentile interval of `resamples` bootstrap resamples:
// rounds are drawn with replacement, and in each of them its block pairs are.
// With a single round, only block pairs are drawn. The number of rounds that
// are drawn (of block pairs, with a single round) is one less than there are:
// drawing as many makes the variance too small, by a fifth with five rounds, by
// a half with two. With a single block pair nothing is known, and the interval
// is 0 to infinity.
//
// In simulated runs of five rounds of ten block pairs, a 95 % interval
// contained the true ratio 95 to 99 times in 100; but only 88 times if rounds
// differ by much more than the block pairs in them do (with two such rounds, 70
// times).
//
// The same seed gives the same interval.
Ratio RatioOf(const std::vector<Round>& rounds, double p, uint64_t seed,
              double confidence = 0.95, int resamples = 1000);

// Only the value of the ratio, without the bootstrap.
double RatioValueOf(const std::vector<Round>& rounds, double p);

// The ratio of `b` divided by the ratio of `a`, each from a run of its own,
// with the interval of that quotient from resamples of both.
Ratio QuotientOf(const std::vector<Round>& b, const std::vector<Round>& a,
                 double p, uint64_t seed, double confidence = 0.95,
                 int resamples = 1000);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_RATIO_H_
