#include "benchmarks/groups/plain.h"

#include <benchmark/benchmark.h>

#include "benchmarks/groups/bare_child.h"
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

void RegisterPlainBenchmarks(Privilege privilege) {
  const uint64_t both = kVfork | CloneFlags(privilege);
  Register("plain/vfork", both);
  Register("plain/PID", both | CLONE_NEWPID);
}

}  // namespace pidlab
