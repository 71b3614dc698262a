#include "benchmarks/options.h"

#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>

#include "lib/host/error.h"

namespace pidlab {
namespace {

// CLI11 reads "-1" as a large number, and reports "x" as too small.
std::string RefuseNoNumber(const std::string& text) {
  return text.find_first_not_of("0123456789") == text.npos
             ? ""
             : "no whole number: " + text;
}

}  // namespace

std::optional<Options> ParseOptions(int argc, char** argv) {
  constexpr int kMostRounds = 1000;
  Options options;
  CLI::App app(
      "Measures what namespaces cost. `pidlab bench run` does this for you, "
      "and shows the result.",
      "pidlab-bench");
  app.add_flag("--quick", options.quick,
               "Fewer blocks; only the pairs of a quick run, unless a filter "
               "is given");
  app.add_option("--filter", options.filter,
                 "Only the pairs whose names match this extended regular "
                 "expression, and A/A");
  app.add_option("--seed", options.seed, "Seed of the random order")
      ->check(RefuseNoNumber)
      ->capture_default_str();
  app.add_option("--rounds", options.rounds,
                 "Measure each pair in so many processes")
      ->check(RefuseNoNumber)
      ->check(CLI::Range(1, kMostRounds).description(""))
      ->capture_default_str();
  app.add_option("--samples_fd", options.samples_fd,
                 "Write everything that was measured to this descriptor, and "
                 "nothing to standard output")
      ->check(RefuseNoNumber);
  app.add_flag("--progress", options.progress,
               "Tell on standard error how far it is");
  app.add_flag("--plain", options.plain,
               "Instead of the pairs: two operations as Google Benchmark "
               "measures on its own");
  app.footer("All others are flags of Google Benchmark: --benchmark_...");
  app.allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 throws this for --help, too.
    if (error.get_exit_code() != 0) {
      FailAsUsage(std::string(error.what()) + "; see pidlab-bench --help");
    }
    app.exit(error);
    return {};
  }
  options.google_flags = app.remaining();
  return options;
}

void InitializeGoogleBenchmark(char* program, const Options& options) {
  // Our flags are defaults, so they come before those that were given.
  std::vector<std::string> words = {
      "--benchmark_repetitions=" + std::to_string(options.rounds),
      "--benchmark_enable_random_interleaving=true"};
  words.insert(words.end(), options.google_flags.begin(),
               options.google_flags.end());
  std::vector<char*> pointers = {program};
  for (std::string& word : words) pointers.push_back(word.data());
  auto count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  // This prints them on standard error.
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) {
    FailAsUsage("");
  }
}

}  // namespace pidlab
