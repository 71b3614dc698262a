// pidlab-bench measures; `pidlab bench` starts it and shows what it has found.
// It can also run alone: it is a program of Google Benchmark, with all of its
// flags.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>

#include "benchmarks/analysis/measured_json.h"
#include "benchmarks/groups/choose_pairs.h"
#include "benchmarks/groups/plain.h"
#include "benchmarks/harness/cpu_time.h"
#include "benchmarks/harness/cpus.h"
#include "benchmarks/harness/find_privilege.h"
#include "benchmarks/harness/progress.h"
#include "benchmarks/harness/read_context.h"
#include "benchmarks/harness/run.h"
#include "benchmarks/options.h"
#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/files.h"
#include "lib/host/interrupts.h"
#include "lib/host/names.h"
#include "lib/host/wait.h"
#include "lib/linux/children.h"

namespace pidlab {
namespace {

ExitCode ExitCodeOf(const Run& run, const Measured& measured) {
  for (const std::string& failure : run.failures()) {
    fprintf(stderr, "pidlab-bench: FAILED %s\n", failure.c_str());
  }
  if (!run.failures().empty()) return kHarnessFailed;
  if (run.interrupted()) return kInterrupted;
  return measured.comparisons.empty() ? kEverythingSkipped : kEveryClaimHolds;
}

ExitCode MeasurePlain(Privilege privilege, const Interrupts& interrupts) {
  RegisterPlainBenchmarks(privilege);
  benchmark::RunSpecifiedBenchmarks();
  const bool interrupted =
      WaitToRead(interrupts.fd(), -1, Deadline::In(std::chrono::seconds(0)));
  return interrupted ? kInterrupted : kEveryClaimHolds;
}

ExitCode Measure(const Options& options, const std::vector<Pair>& pairs) {
  (void)AdoptOrphans();
  const Interrupts interrupts;
  Context context = ReadContext();
  const Allowances left = AmountsLeft();  // before it is pinned
  const PrivilegeTried tried = FindPrivilege();
  if (!tried.ok()) {
    throw Error{kEverythingSkipped, "SKIPPED: it needs " +
                                        std::string(kPrivilegeNeeded) + ": " +
                                        tried.probed + "; " + kPrivilegeToRun};
  }
  context.quick = options.quick;
  context.pinned_cpu = PinToOneCpu();
  context.privilege = PrivilegeText(tried.privilege);
  if (options.plain) return MeasurePlain(tried.privilege, interrupts);

  Progress progress(pairs, options.rounds, options.progress);
  Run run(options.seed, tried.privilege, left, interrupts.fd(), progress);
  const CpuTime before = ReadCpuTime(context.pinned_cpu);
  const int64_t began = Now();
  const size_t matched = run.MeasureAll(pairs, options.samples_fd >= 0);
  context.elapsed_seconds = static_cast<double>(Now() - began) * 1e-9;
  const CpuShares shares = SharesOf(before, ReadCpuTime(context.pinned_cpu));
  context.cpu_share_of_others = shares.others;
  context.cpu_share_stolen = shares.stolen;
  if (matched == 0) FailAsUsage("");          // Google Benchmark has said why.
  if (!run.begun()) return kEveryClaimHolds;  // It has listed the names.

  Measured measured = run.Result(pairs);
  measured.context = context;
  if (options.samples_fd >= 0) {
    const Sys<int> written = WriteAll(options.samples_fd, JsonText(measured));
    if (!written.ok()) {
      FailAsHarness("cannot write the samples: " + DescribeErrno(written.err));
    }
  }
  return ExitCodeOf(run, measured);
}

ExitCode Main(int argc, char** argv) {
  const std::optional<Options> options = ParseOptions(argc, argv);
  if (!options) return kEveryClaimHolds;
  InitializeGoogleBenchmark(argv[0], *options);
  return Measure(*options, ChoosePairs(options->filter, options->quick));
}

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  try {
    return pidlab::Main(argc, argv);
  } catch (const pidlab::Error& error) {
    if (!error.message.empty()) {
      fprintf(stderr, "pidlab-bench: %s\n", error.message.c_str());
    }
    return error.exit_code;
  } catch (const std::exception& error) {
    fprintf(stderr, "pidlab-bench: %s\n", error.what());
    return pidlab::kHarnessFailed;
  }
}
