// pidlab-bench is the program that measures; its file is beside pidlab. These
// functions start it, wait for it, and read what it has measured.

#ifndef PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_
#define PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_

#include <optional>
#include <string>
#include <vector>

#include "benchmarks/analysis/measured.h"

namespace pidlab {

struct BenchRun {
  int exit_code = 0;
  // Nothing if the program did not begin to measure; then it has printed the
  // reason on standard error.
  std::optional<Measured> measured;
};

// Runs the program with these arguments until it has ended. When `interrupt_fd`
// becomes readable, the program is told to end, and what it has measured until
// then is returned. Throws Error if the program is not there, or if it was
// killed.
BenchRun RunBenchProgram(const std::vector<std::string>& arguments,
                         int interrupt_fd);

// The same, but returns what the program prints. Throws Error if it fails in
// any way.
std::string OutputOfBenchProgram(const std::vector<std::string>& arguments,
                                 int interrupt_fd);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_BENCH_PROGRAM_H_
