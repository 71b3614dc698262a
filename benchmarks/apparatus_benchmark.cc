// What the apparatus costs: an empty chamber, one ON(), and one namespace made,
// ended and reaped by a driven process, each beside a plain fork and wait in
// the same run. Read the ratios: times belong to one machine and one moment.
//
//   bazel run //benchmarks:apparatus_benchmark

#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/trial/chamber.h"
#include "lib/trial/process.h"

namespace pidlab {
namespace {

// The base: a child that does nothing, and its end.
void ForkAndWait(benchmark::State& state) {
  for (auto _ : state) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0 || waitpid(child, nullptr, 0) != child) {
      state.SkipWithError("fork and wait failed");
      break;
    }
  }
}

// From nothing to a warden and a host, and back to nothing.
void EmptyChamber(benchmark::State& state) {
  for (auto _ : state) {
    Chamber chamber{ChamberOptions()};
    if (!chamber.Close().empty()) {
      state.SkipWithError("the chamber was not empty");
      break;
    }
  }
}

// A question to a process and its answer: two datagrams, two context switches.
void OneCall(benchmark::State& state) {
  Chamber chamber{ChamberOptions()};
  const Process host(&chamber, &chamber.host());
  for (auto _ : state) {
    if (ON(host, getpid()).Run().value != 2) {
      state.SkipWithError("the host is not PID 2");
      break;
    }
  }
}

// A driven PID 1: made, located, ended and reaped.
void OneNamespace(benchmark::State& state) {
  Chamber chamber{ChamberOptions()};
  const Process host(&chamber, &chamber.host());
  for (auto _ : state) {
    const Process init = host.Clone("init", CLONE_NEWPID);
    init.Exit(0);
    if (host.Reap(init).value != Exited(0)) {
      state.SkipWithError("init did not exit with 0");
      break;
    }
  }
}

BENCHMARK(ForkAndWait)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(EmptyChamber)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(OneCall)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(OneNamespace)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (const pidlab::Abandoned& abandoned) {
    fprintf(stderr, "%s\n",
            abandoned.skip ? abandoned.skip->probed.c_str()
                           : abandoned.reason.c_str());
    return 5;
  }
  benchmark::Shutdown();
  return 0;
}
