// The bars that the benchmarks have to meet.

#ifndef PIDLAB_TOOL_COMMANDS_BENCH_CHECK_H_
#define PIDLAB_TOOL_COMMANDS_BENCH_CHECK_H_

namespace pidlab {

// Measures again and again, and prints which bars of docs/benchmarks.md are
// met: an exit code, kClaimViolated if one is missed. `full`: all of them, in
// some minutes.
int BenchCheck(bool full);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_BENCH_CHECK_H_
