#include "benchmarks/harness/run.h"

#include <benchmark/benchmark.h>

#include <algorithm>

#include "benchmarks/analysis/quantiles.h"
#include "benchmarks/harness/random_order.h"
#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/linux/children.h"

namespace pidlab {
namespace {

// The kernel may still be ending processes when a stage is gone.
constexpr std::chrono::seconds kGrace{30};

double PartOf(const Sample& sample, size_t part) {
  return static_cast<double>(part == 0 ? sample.total_ns
                                       : sample.phase_ns[part - 1]);
}

// The processes in which the two sides of a pair are repeated.
class Stages {
 public:
  Stages(const Pair& pair, Privilege privilege, int interrupt_fd)
      : shared_(!pair.base_stage),
        subject_(pair.stage,
                 shared_ ? std::vector{&pair.subject, &pair.base}
                         : std::vector{&pair.subject},
                 privilege, interrupt_fd) {
    if (!shared_) {
      base_.emplace(*pair.base_stage, std::vector{&pair.base}, privilege,
                    interrupt_fd);
    }
  }

  std::span<const Sample> Subject(size_t n) { return subject_.TakeBlock(0, n); }
  std::span<const Sample> Base(size_t n) {
    return shared_ ? subject_.TakeBlock(1, n) : base_->TakeBlock(0, n);
  }

 private:
  bool shared_;
  Stage subject_;
  std::optional<Stage> base_;
};

// Adds the samples of each part.
void Append(std::span<const Sample> samples,
            std::vector<double> BlockPair::*side,
            std::vector<BlockPair>& parts) {
  for (size_t part = 0; part < parts.size(); ++part) {
    for (const Sample& sample : samples) {
      (parts[part].*side).push_back(PartOf(sample, part));
    }
  }
}

// Whether this errno means that something is not supported or not allowed here,
// or that there are too many: ENOSPC is the limit of namespaces, EAGAIN that of
// processes.
bool IsRefusal(int err) {
  return err == EPERM || err == EACCES || err == EINVAL || err == ENOSYS ||
         err == ENODEV || err == EOPNOTSUPP || err == ENOSPC || err == EAGAIN ||
         err == ENOMEM;
}

// Ends a repetition without a result. Its loop is begun nevertheless: Google
// Benchmark aborts, and all samples are lost, if one repetition of a benchmark
// has iterations and another one has none (ComputeStats() of 1.7.1, which
// Debian builds with its checks).
void Skip(benchmark::State& state, const std::string& why) {
  state.SkipWithError(why.c_str());
  if (state.iterations() > 0) return;
  for ([[maybe_unused]] auto _ : state) {
  }
}

// A reporter that prints nothing.
class Silent : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace

Run::Run(uint64_t seed, Privilege privilege, Allowances left, int interrupt_fd,
         Progress& progress)
    : seed_(seed),
      privilege_(privilege),
      interrupt_fd_(interrupt_fd),
      progress_(progress),
      left_(std::move(left)) {}

size_t Run::MeasureAll(const std::vector<Pair>& pairs, bool silent) {
  for (const Pair& pair : pairs) {
    benchmark::RegisterBenchmark(
        NameOf(pair).c_str(),
        [this, &pair](benchmark::State& state) { MeasureRound(pair, state); })
        ->Iterations(pair.blocks)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  Silent none;
  const size_t left =
      benchmark::RunSpecifiedBenchmarks(silent ? &none : nullptr);
  progress_.Clear();
  return left;
}

void Run::MeasureRound(const Pair& pair, benchmark::State& state) {
  const std::string name = NameOf(pair);
  Gathered& gathered = gathered_[name];
  if (interrupted_ || gathered.omission || gathered.failed) {
    Skip(state, interrupted_ ? "interrupted" : "given up before");
    return;
  }
  if (const std::optional<Shortage> shortage = ShortOf(pair.amounts, left_)) {
    gathered.omission = {name, shortage->needs, shortage->probed,
                         shortage->to_run};
    Skip(state, shortage->probed);
    return;
  }
  progress_.Begin(name);
  try {
    std::vector<Round> parts = TakeRound(pair, state);
    gathered.parts.resize(parts.size());
    for (size_t part = 0; part < parts.size(); ++part) {
      gathered.parts[part].push_back(std::move(parts[part]));
    }
  } catch (const Interrupted&) {
    interrupted_ = true;
    Skip(state, "interrupted");
  } catch (const StageFailure& failure) {
    const std::string what =
        failure.err == 0 ? failure.what
                         : failure.what + " -> " + DescribeErrno(failure.err);
    if (failure.first && !pair.needs.empty() && IsRefusal(failure.err)) {
      gathered.omission = {name, pair.needs, what, pair.to_run};
    } else {
      failures_.push_back(name + ": " + what);
      gathered.failed = true;
    }
    Skip(state, what);
  }
  if (!AwaitNoChildren(Deadline::In(kGrace))) {
    failures_.push_back(name + ": left a process behind");
  }
  progress_.End(name);
}

std::vector<Round> Run::TakeRound(const Pair& pair, benchmark::State& state) {
  std::vector<Round> parts(1 + pair.phases.size());
  Stages stages(pair, privilege_, interrupt_fd_);
  const auto samples = static_cast<size_t>(pair.block_samples);
  const std::vector<bool> subject_first =
      RandomOrder(static_cast<int>(state.max_iterations), ++last_seed_);
  size_t block = 0;
  for (auto _ : state) {
    std::vector<BlockPair> pairs(parts.size());
    const auto take_subject = [&] {
      Append(stages.Subject(samples), &BlockPair::subject, pairs);
    };
    const auto take_base = [&] {
      Append(stages.Base(samples), &BlockPair::base, pairs);
    };
    if (subject_first[block++]) {
      take_subject();
      take_base();
    } else {
      take_base();
      take_subject();
    }
    state.SetIterationTime(Quantile(pairs[0].subject, 0.5) * 1e-9);
    for (size_t part = 0; part < parts.size(); ++part) {
      parts[part].push_back(std::move(pairs[part]));
    }
  }
  Comparison comparison = ComparisonOf(pair);
  comparison.rounds = {parts[0]};
  state.counters["ratio"] = RatioValueOf(comparison.Kept(), pair.quantile);
  return parts;
}

Measured Run::Result(const std::vector<Pair>& pairs) const {
  Measured measured;
  measured.seed = seed_;
  measured.complete = !interrupted_ && failures_.empty();
  for (const Pair& pair : pairs) {
    const auto found = gathered_.find(NameOf(pair));
    if (found == gathered_.end() || found->second.failed) continue;
    const Gathered& gathered = found->second;
    if (gathered.omission) measured.omissions.push_back(*gathered.omission);
    for (size_t part = 0; part < gathered.parts.size(); ++part) {
      Comparison comparison = ComparisonOf(pair, part);
      comparison.rounds = gathered.parts[part];
      measured.comparisons.push_back(std::move(comparison));
    }
  }
  return measured;
}

}  // namespace pidlab
