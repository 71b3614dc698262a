#include "benchmarks/groups/plain.h"

#include <benchmark/benchmark.h>

#include "benchmarks/harness/bare_child.h"
#include "lib/host/names.h"

namespace pidlab {
namespace {

void Plain(benchmark::State& state, uint64_t flags) {
  for (auto _ : state) {
    const Sys<int> done = CreateAndReap(flags);
    if (!done.ok()) {
      state.SkipWithError(DescribeErrno(done.err).c_str());
      break;
    }
  }
}

void Register(const char* name, uint64_t flags) {
  benchmark::RegisterBenchmark(name, Plain, flags)
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}

}  // namespace

void RegisterPlainBenchmarks(Route route) {
  // Without privilege both are children in a user namespace of their own.
  const uint64_t both =
      kVfork | (route == Route::kUserNamespace ? uint64_t{CLONE_NEWUSER} : 0);
  Register("plain/vfork", both);
  Register("plain/PID", both | CLONE_NEWPID);
}

}  // namespace pidlab
