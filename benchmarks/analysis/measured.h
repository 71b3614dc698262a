// What a run of the benchmarks has measured: every sample, and where it was
// taken. This is only data: measured_json.h writes and reads it, and table.h
// and compare.h evaluate it.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/context.h"
#include "benchmarks/analysis/ratio.h"

namespace pidlab {

// The row that compares a base with itself.
inline constexpr const char* kSelfRow = "A/A";

// Two operations that were measured in turns, in the same run.
struct Comparison {
  std::string group;         // the table that it is in: "create", "depth"
  std::string row;           // "NEWPID"
  std::string base;          // the column: "vfork", "cow"; never kSelfRow
  std::optional<int64_t> x;  // for a curve: how deep, how many, how large

  // What was run, in words: "clone3(CLONE_NEWPID), wait".
  std::string subject_ran;
  std::string base_ran;

  // The ratio is that of this quantile of the blocks: a low one, since
  // disturbances only add time, or the median, if a waiting time is measured.
  double quantile = 0.10;

  // Whole nanoseconds, in the order in which they were taken. There is at least
  // one round, each has at least one block pair, and each side of it has at
  // least one sample: a comparison without samples is not put into a Measured.
  //
  // The first sample of each block pays for what the other side left in the
  // caches: it is kept here, and dropped by Kept(). A block of one sample has
  // none to drop.
  std::vector<Round> rounds;

  // The name that Google Benchmark's filter sees: "create/NEWPID/vfork",
  // "depth/NEWPID/31/vfork".
  std::string Name() const;

  // The rounds without the first sample of each block.
  std::vector<Round> Kept() const;
};

// What could not be measured here, or not completely.
struct Omission {
  std::string name;    // a Comparison::Name(), or the beginning of several
  std::string needs;   // "Linux 5.6", "10000 PID namespaces"
  std::string probed;  // "clone3(CLONE_NEWTIME) -> EINVAL"
  std::string to_run;  // what would help
};

struct Measured {
  Context context;
  uint64_t seed = 0;
  bool complete = false;  // false: interrupted, or something failed
  std::vector<Comparison> comparisons;
  std::vector<Omission> omissions;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_MEASURED_H_
