// Checks whether the benchmarks meet their bars. It runs the measurements;
// benchmarks/analysis/bars.h judges them.

#ifndef PIDLAB_TOOL_COMMANDS_BENCH_CHECK_H_
#define PIDLAB_TOOL_COMMANDS_BENCH_CHECK_H_

namespace pidlab {

// Measures again and again, and prints which bars of docs/benchmarks.md are
// met. Returns an exit code, kClaimViolated if one is missed. If `full`, all of
// them are tried, which takes some minutes.
int BenchCheck(bool full);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_BENCH_CHECK_H_
