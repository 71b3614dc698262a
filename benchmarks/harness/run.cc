#include "benchmarks/harness/run.h"

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <algorithm>

#include "benchmarks/analysis/quantiles.h"
#include "benchmarks/analysis/random_order.h"
#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/linux/children.h"

namespace pidlab {
namespace {

constexpr std::chrono::seconds kGrace{30};

Comparison Described(const Pair& pair, size_t part) {
  Comparison comparison;
  comparison.group = pair.group;
  comparison.row = pair.row;
  if (part > 0) comparison.row += " " + pair.phases[part - 1];
  comparison.base = pair.base_name;
  comparison.x = pair.x;
  comparison.subject_ran = pair.subject.ran;
  comparison.base_ran = pair.base.ran;
  comparison.quantile = pair.quantile;
  return comparison;
}

double PartOf(const Sample& sample, size_t part) {
  return static_cast<double>(part == 0 ? sample.total_ns
                                       : sample.phase_ns[part - 1]);
}

// Where the two sides of a pair are repeated.
class Stages {
 public:
  Stages(const Pair& pair, Route route, int interrupt_fd)
      : shared_(!pair.base_stage),
        subject_(pair.stage,
                 shared_ ? std::vector{&pair.subject, &pair.base}
                         : std::vector{&pair.subject},
                 route, interrupt_fd) {
    if (!shared_) {
      base_.emplace(*pair.base_stage, std::vector{&pair.base}, route,
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

// The samples of each part, behind those that are there.
void Append(std::span<const Sample> samples,
            std::vector<double> BlockPair::*side,
            std::vector<BlockPair>& parts) {
  for (size_t part = 0; part < parts.size(); ++part) {
    for (const Sample& sample : samples) {
      (parts[part].*side).push_back(PartOf(sample, part));
    }
  }
}

// Under which a kernel, or its administrator, refuses what is not supported, or
// not that many: ENOSPC is the limit of namespaces, EAGAIN that of processes.
bool IsRefusal(int err) {
  return err == EPERM || err == EACCES || err == EINVAL || err == ENOSYS ||
         err == ENODEV || err == EOPNOTSUPP || err == ENOSPC || err == EAGAIN ||
         err == ENOMEM;
}

}  // namespace

std::string NameOf(const Pair& pair) { return Described(pair, 0).Name(); }

Run::Run(uint64_t seed, Route route, Allowances left, int interrupt_fd,
         Progress& progress)
    : seed_(seed),
      route_(route),
      interrupt_fd_(interrupt_fd),
      progress_(progress),
      left_(std::move(left)) {}

void Run::MeasureRound(const Pair& pair, benchmark::State& state) {
  const std::string name = NameOf(pair);
  Gathered& gathered = gathered_[name];
  if (interrupted_ || gathered.omission || gathered.failed) {
    state.SkipWithError(interrupted_ ? "interrupted" : "given up before");
    return;
  }
  if (const std::optional<Shortage> shortage = ShortOf(pair.amounts, left_)) {
    Omit(pair, {name, shortage->needs, shortage->probed, shortage->to_run});
    state.SkipWithError(shortage->probed.c_str());
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
    state.SkipWithError("interrupted");
  } catch (const StageFailure& failure) {
    const std::string what =
        failure.err == 0 ? failure.what
                         : failure.what + " -> " + DescribeErrno(failure.err);
    if (failure.first && !pair.needs.empty() && IsRefusal(failure.err)) {
      Omit(pair, {name, pair.needs, what, pair.to_run});
    } else {
      failures_.push_back(name + ": " + what);
      gathered.failed = true;
    }
    state.SkipWithError(what.c_str());
  }
  if (!AwaitNoChildren(Deadline::In(kGrace))) {
    failures_.push_back(name + ": left a process behind");
  }
  progress_.End(name);
}

std::vector<Round> Run::TakeRound(const Pair& pair, benchmark::State& state) {
  std::vector<Round> parts(1 + pair.phases.size());
  Stages stages(pair, route_, interrupt_fd_);
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
  Comparison comparison = Described(pair, 0);
  comparison.rounds = {parts[0]};
  state.counters["ratio"] = RatioValueOf(comparison.Kept(), pair.quantile);
  return parts;
}

void Run::Omit(const Pair& pair, Omission omission) {
  gathered_[NameOf(pair)].omission = std::move(omission);
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
      Comparison comparison = Described(pair, part);
      comparison.rounds = gathered.parts[part];
      measured.comparisons.push_back(std::move(comparison));
    }
  }
  return measured;
}

}  // namespace pidlab
