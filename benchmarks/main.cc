// pidlab-bench measures; `pidlab bench` starts it and tells what it has found.
// By itself it is a program of Google Benchmark, with all of its flags.

#include <benchmark/benchmark.h>
#include <regex.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string_view>

#include "benchmarks/analysis/measured.h"
#include "benchmarks/groups/plain.h"
#include "benchmarks/harness/pair.h"
#include "benchmarks/harness/progress.h"
#include "benchmarks/harness/route.h"
#include "benchmarks/harness/run.h"
#include "lib/host/exit_code.h"
#include "lib/host/interrupts.h"
#include "lib/linux/children.h"

namespace pidlab {
namespace {

// Of a pair in a round, so that a quick run takes less than ten seconds.
constexpr int kQuickBlocks = 12;

constexpr const char* kUsageText =
    "usage: pidlab-bench [--quick] [--seed=N] [--rounds=N] [--progress]\n"
    "                    [--samples_fd=N] [--plain] [--benchmark_...]\n"
    "\n"
    "  --quick         fewer blocks; only the pairs of a quick run, unless a\n"
    "                  filter is given\n"
    "  --seed=N        of the random order\n"
    "  --rounds=N      measure each pair in so many processes; 5\n"
    "  --samples_fd=N  write everything that was measured to this descriptor,\n"
    "                  and nothing to standard output\n"
    "  --progress      tell on standard error how far it is\n"
    "  --plain         instead of the pairs: two operations as Google "
    "Benchmark\n"
    "                  measures on its own\n"
    "\n"
    "`pidlab bench run` does this for you, and shows the result.\n";

struct Options {
  bool quick = false;
  bool progress = false;
  bool plain = false;
  int rounds = 5;
  uint64_t seed = 1;
  int samples_fd = -1;
};

// What cannot be understood.
struct Usage {
  std::string message;
};

template <typename Number>
Number NumberIn(std::string_view word, std::string_view text) {
  Number number;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) {
    throw Usage{"no number: " + std::string(word)};
  }
  return number;
}

// Takes our own flags out of the arguments.
Options TakeOptions(int& argc, char** argv) {
  constexpr std::string_view kSeed = "--seed=";
  constexpr std::string_view kSamples = "--samples_fd=";
  constexpr std::string_view kRounds = "--rounds=";
  Options options;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.quick = true;
    } else if (word == "--progress") {
      options.progress = true;
    } else if (word == "--plain") {
      options.plain = true;
    } else if (word.starts_with(kSeed)) {
      options.seed = NumberIn<uint64_t>(word, word.substr(kSeed.size()));
    } else if (word.starts_with(kRounds)) {
      options.rounds = NumberIn<int>(word, word.substr(kRounds.size()));
      if (options.rounds < 1)
        throw Usage{"no round at all: " + std::string(word)};
    } else if (word.starts_with(kSamples)) {
      options.samples_fd = NumberIn<int>(word, word.substr(kSamples.size()));
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  return options;
}

// As Google Benchmark understands it: a leading '-' turns it around.
class Filter {
 public:
  explicit Filter(std::string text) {
    negative_ = text.starts_with('-');
    if (negative_) text.erase(0, 1);
    if (text.empty() || text == "all") text = ".";
    valid_ = regcomp(&regex_, text.c_str(), REG_EXTENDED | REG_NOSUB) == 0;
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() {
    if (valid_) regfree(&regex_);
  }

  bool valid() const { return valid_; }
  bool Matches(const std::string& name) const {
    return (regexec(&regex_, name.c_str(), 0, nullptr, 0) == 0) != negative_;
  }

 private:
  regex_t regex_;
  bool negative_ = false;
  bool valid_ = false;
};

std::vector<std::string> NamesOf(const std::vector<Pair>& pairs) {
  std::vector<std::string> names;
  names.reserve(pairs.size());
  for (const Pair& pair : pairs) names.push_back(NameOf(pair));
  return names;
}

// Nothing on standard output.
class Silent : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// The benchmarks' arguments: ours are defaults, before those that were given.
class GoogleFlags {
 public:
  GoogleFlags(int argc, char** argv, int rounds)
      : words_{argv[0], "--benchmark_repetitions=" + std::to_string(rounds),
               "--benchmark_enable_random_interleaving=true"} {
    words_.insert(words_.end(), argv + 1, argv + argc);
    for (std::string& word : words_) pointers_.push_back(word.data());
    count_ = static_cast<int>(pointers_.size());
    pointers_.push_back(nullptr);
    benchmark::Initialize(&count_, pointers_.data(),
                          [] { fputs(kUsageText, stdout); });
  }

  // Says so on standard error.
  bool HasUnknown() {
    return benchmark::ReportUnrecognizedArguments(count_, pointers_.data());
  }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
  int count_;
};

// Those that are asked for; and A/A, without which no run says anything.
std::vector<Pair> ChosenPairs(const Options& options) {
  const std::string text = benchmark::GetBenchmarkFilter();
  const Filter filter(text);
  if (!filter.valid()) {
    throw Usage{"not a regular expression: " + text};
  }
  std::vector<Pair> chosen;
  bool any = false;
  for (Pair& pair : AllPairs()) {
    const bool wanted = text.empty() ? pair.quick || !options.quick
                                     : filter.Matches(NameOf(pair));
    any = any || wanted;
    if (!wanted && pair.row != kSelfRow) continue;
    if (options.quick) pair.blocks = std::min(pair.blocks, kQuickBlocks);
    chosen.push_back(std::move(pair));
  }
  if (!any) {
    throw Usage{"no benchmark has a name like " + text +
                "; --benchmark_list_tests shows them"};
  }
  return chosen;
}

// As Google Benchmark runs them, all of them in a random order in each round.
void RunAll(const std::vector<Pair>& pairs, Run& run, bool silent) {
  for (const Pair& pair : pairs) {
    benchmark::RegisterBenchmark(NameOf(pair).c_str(),
                                 [&run, &pair](benchmark::State& state) {
                                   run.MeasureRound(pair, state);
                                 })
        ->Iterations(pair.blocks)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  Silent none;
  if (silent) {
    benchmark::RunSpecifiedBenchmarks(&none, ".");
  } else {
    benchmark::RunSpecifiedBenchmarks(".");
  }
}

int ExitCodeOf(const Run& run, const Measured& measured) {
  for (const std::string& failure : run.failures()) {
    fprintf(stderr, "pidlab-bench: FAILED %s\n", failure.c_str());
  }
  if (!run.failures().empty()) return kHarnessFailed;
  if (run.interrupted()) return kInterrupted;
  return measured.comparisons.empty() ? kEverythingSkipped : kEveryClaimHolds;
}

int Main(int argc, char** argv) {
  const Options options = TakeOptions(argc, argv);
  GoogleFlags flags(argc, argv, options.rounds);
  if (flags.HasUnknown()) return kUsage;
  std::vector<Pair> pairs;
  if (!options.plain) pairs = ChosenPairs(options);

  (void)AdoptOrphans();
  const Interrupts interrupts;
  Context context = ReadContext();
  context.quick = options.quick;
  const Allowances left = AmountsLeft();
  context.pinned_cpu = PinToOneCpu();
  const std::optional<Route> route = FindRoute();
  if (!route) {
    fputs(
        "pidlab-bench: SKIPPED: no namespaces can be made here; run it as "
        "root, or allow user namespaces (sysctl user.max_user_namespaces; a "
        "container's seccomp profile)\n",
        stderr);
    return kEverythingSkipped;
  }
  context.route = RouteText(*route);
  if (options.plain) {
    RegisterPlainBenchmarks(*route);
    benchmark::RunSpecifiedBenchmarks();
    return kEveryClaimHolds;
  }

  Progress progress(NamesOf(pairs), options.rounds, options.progress);
  Run run(options.seed, *route, left, interrupts.fd(), progress);
  const CpuTime cpu_before = ReadCpuTime(context.pinned_cpu);
  const int64_t own_before = ReadOwnTicks();
  const int64_t began = Now();
  RunAll(pairs, run, options.samples_fd >= 0);
  progress.Clear();
  context.seconds = static_cast<double>(Now() - began) * 1e-9;
  CloseContext(context, cpu_before, own_before);

  Measured measured = run.Result(pairs);
  measured.context = context;
  if (options.samples_fd >= 0 &&
      !WriteAll(options.samples_fd, JsonText(measured))) {
    perror("pidlab-bench: cannot write the samples");
    return kHarnessFailed;
  }
  return ExitCodeOf(run, measured);
}

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  try {
    return pidlab::Main(argc, argv);
  } catch (const pidlab::Usage& usage) {
    fprintf(stderr, "pidlab-bench: %s\n", usage.message.c_str());
    return pidlab::kUsage;
  } catch (const std::exception& error) {
    fprintf(stderr, "pidlab-bench: %s\n", error.what());
    return pidlab::kHarnessFailed;
  }
}
