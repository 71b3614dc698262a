// The command line of pidlab-bench: its own options, and those of Google
// Benchmark.

#ifndef PIDLAB_BENCHMARKS_OPTIONS_H_
#define PIDLAB_BENCHMARKS_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pidlab {

struct Options {
  bool quick = false;
  std::string filter;  // empty: all pairs
  uint64_t seed = 1;
  int rounds = 5;
  int samples_fd = -1;  // -1: Google Benchmark's reporter prints
  bool progress = false;
  bool plain = false;
  std::vector<std::string> google_flags;  // all other arguments
};

// Returns nothing if --help was given, after printing the help. Throws Error
// (usage).
std::optional<Options> ParseOptions(int argc, char** argv);

// Gives Google Benchmark its flags. Throws Error (usage) if it does not know
// one of them. `program` must live as long as the process.
void InitializeGoogleBenchmark(char* program, const Options& options);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_OPTIONS_H_
