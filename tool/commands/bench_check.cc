#include "tool/commands/bench_check.h"

#include <fmt/core.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "benchmarks/analysis/bars.h"
#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/interrupts.h"
#include "lib/host/names.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "tool/commands/bench_program.h"

namespace pidlab {
namespace {

constexpr int kRuns = 20;

// A process that wants all of one CPU, and so takes half of it from another
// process there.
class Load {
 public:
  explicit Load(int64_t cpu) : pid_(StartBusyProcess()) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(cpu), &one);
    if (sched_setaffinity(pid_, sizeof(one), &one) == 0) return;
    const int err = errno;
    End();
    FailAsHarness("sched_setaffinity: " + DescribeErrno(err));
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { End(); }

 private:
  static pid_t StartBusyProcess() {
    const Fd self(PidfdOpen(getpid()).value);
    const Sys<pid_t> child = Clone3(0);
    if (!child.ok()) FailAsHarness("clone3(0): " + DescribeErrno(child.err));
    if (child.value != 0) return child.value;
    (void)DieWithParent(self);
    for (;;) asm volatile("");
  }
  void End() {
    kill(pid_, SIGKILL);
    (void)WaitFor(pid_);
  }

  pid_t pid_;
};

class Checker {
 public:
  explicit Checker(bool full) : full_(full) {}

  std::vector<Bar> Check() {
    const Measured quick = RunOnce({"--quick"}, "the quick run");
    if (!quick.context.pinned_cpu) {
      FailAsHarness(
          "pidlab-bench could not pin itself to a CPU, so nothing can be "
          "measured beside a load");
    }
    const std::vector<Measured> alone = RunRepeatedly("alone");
    {
      const Load load(*quick.context.pinned_cpu);
      const std::vector<Measured> beside = RunRepeatedly("beside a load");
      const std::vector<double> means = Means();
      Judge(alone, "alone");
      Judge(beside, "beside a load");
      bars_.push_back(EstimatorBar(beside, means));
    }
    for (const char* group : {"harness", "phases", "ways/unshare/PID$"}) {
      Add(group);
    }
    if (full_) {
      for (const char* group :
           {"depth", "teardown", "live", "deferred", "memory"}) {
        Add(group);
      }
    }
    bars_.push_back(QuickBar(quick.context.elapsed_seconds));
    return std::move(bars_);
  }

 private:
  void Say(const std::string& what) {
    if (isatty(STDERR_FILENO) != 0) {
      fmt::print(stderr, "\r\033[K{} ...", what);
      std::fflush(stderr);
    }
  }

  Measured RunOnce(const std::vector<std::string>& arguments,
                   const std::string& what) {
    Say(what);
    BenchRun run = RunBenchProgram(arguments, interrupts_.fd());
    if (run.exit_code == kInterrupted) throw Interrupted();
    if (!run.measured || run.exit_code == kHarnessFailed) {
      FailAsHarness(what + ": pidlab-bench ended with " +
                    std::to_string(run.exit_code));
    }
    return std::move(*run.measured);
  }

  // Measures A/A and NEWPID several times, each time in a new process.
  std::vector<Measured> RunRepeatedly(const std::string& where) {
    std::vector<Measured> runs;
    for (int i = 1; i <= kRuns; ++i) {
      runs.push_back(RunOnce(
          {"--seed=" + std::to_string(i), "--filter=^create/(A/A|PID)/"},
          fmt::format("run {} of {}, {}", i, kRuns, where)));
    }
    return runs;
  }

  // The ratios of the means that Google Benchmark computes by itself.
  std::vector<double> Means() {
    std::vector<double> ratios;
    for (int i = 1; i <= kRuns; ++i) {
      Say(fmt::format("run {} of {}, Google Benchmark's mean", i, kRuns));
      const auto json = nlohmann::json::parse(OutputOfBenchProgram(
          {"--plain", "--benchmark_repetitions=1", "--benchmark_min_time=0.05",
           "--benchmark_format=json"},
          interrupts_.fd()));
      const auto& benchmarks = json.at("benchmarks");
      ratios.push_back(benchmarks.at(1).at("real_time").get<double>() /
                       benchmarks.at(0).at("real_time").get<double>());
    }
    return ratios;
  }

  void Judge(const std::vector<Measured>& runs, const std::string& where) {
    for (const char* base : {"vfork", "cow"}) {
      bars_.push_back(SelfBar(runs, base, where));
      bars_.push_back(RepeatBar(runs, base, where));
    }
  }

  void Add(const std::string& group) {
    const Measured run = RunOnce({"--filter=^" + group}, group);
    for (Bar& bar : BarsOf(run)) bars_.push_back(std::move(bar));
  }

  bool full_;
  const Interrupts interrupts_;
  std::vector<Bar> bars_;
};

}  // namespace

int BenchCheck(bool full) {
  try {
    const std::vector<Bar> bars = Checker(full).Check();
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
    fmt::print("{}", BarsTable(bars));
    for (const Bar& bar : bars) {
      if (bar.state == Bar::State::kMissed) return kClaimViolated;
    }
    return kEveryClaimHolds;
  } catch (const Interrupted&) {
    fmt::print("\nINTERRUPTED: nothing is known\n");
    return kInterrupted;
  }
}

}  // namespace pidlab
