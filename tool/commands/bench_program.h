// pidlab-bench, the program that measures: started, waited for, and what it has
// measured. It stands beside pidlab.

#ifndef PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_
#define PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_

#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

struct BenchRun {
  int exit_code = 0;
  // Nothing if it has not come to measuring; it has then said why on standard
  // error.
  std::optional<Measured> measured;
};

// Runs it with these arguments, until it has ended. When `interrupt_fd` becomes
// readable, it is told to come to an end, and what it has measured until then
// is returned. Throws Error if it is not there, or was killed.
BenchRun RunBenchProgram(const std::vector<std::string>& arguments,
                         int interrupt_fd);

// What it prints, for --benchmark_format=json and the like.
std::string OutputOfBenchProgram(const std::vector<std::string>& arguments,
                                 int interrupt_fd);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_
