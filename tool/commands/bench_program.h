// pidlab-bench is the program that measures, in a file beside pidlab. Here it
// is started and waited for, and what it has measured is read.

#ifndef PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_
#define PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_

#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

struct BenchRun {
  int exit_code = 0;
  // Nothing if it did not begin to measure; then it has said why on standard
  // error.
  std::optional<Measured> measured;
};

// Runs it with these arguments until it has ended. When `interrupt_fd` becomes
// readable, it is told to end, and what it has measured until then is returned.
// Throws Error if the program is not there, or if it was killed.
BenchRun RunBenchProgram(const std::vector<std::string>& arguments,
                         int interrupt_fd);

// The same, but returns what it prints. Throws Error if it fails in any way.
std::string OutputOfBenchProgram(const std::vector<std::string>& arguments,
                                 int interrupt_fd);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_
