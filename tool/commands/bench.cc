// `bench run|show|compare|check`: what namespaces cost. The program
// pidlab-bench does the measuring.

#include <fmt/core.h>
#include <unistd.h>

#include <optional>

#include "benchmarks/analysis/compare.h"
#include "benchmarks/analysis/measured_json.h"
#include "benchmarks/analysis/table.h"
#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/files.h"
#include "lib/host/interrupts.h"
#include "lib/lab/command_line.h"
#include "tool/commands/bench_check.h"
#include "tool/commands/bench_program.h"
#include "tool/report/result_file.h"

namespace pidlab {
namespace {

struct RunOptions {
  bool quick = false;
  std::string filter;  // a regular expression for names; empty: all
  std::string out_file;
  uint64_t seed = 1;
  std::vector<std::string> google_flags;  // --benchmark_...
};

// What `pidlab bench run` has written. Throws Error (usage).
Measured ReadMeasured(const std::string& path) {
  const std::string text = ReadInput(path);
  try {
    return MeasuredFromJson(text);
  } catch (const Error& error) {
    FailAsUsage(path + " was not written by `pidlab bench run --out`: " +
                error.message);
  }
}

int RunBench(const RunOptions& options) {
  std::optional<ResultFile> file;
  if (!options.out_file.empty()) file.emplace(options.out_file);
  std::vector<std::string> arguments = {"--seed=" +
                                        std::to_string(options.seed)};
  if (options.quick) arguments.emplace_back("--quick");
  if (isatty(STDERR_FILENO) != 0) arguments.emplace_back("--progress");
  if (!options.filter.empty()) {
    arguments.push_back("--filter=" + options.filter);
  }
  arguments.insert(arguments.end(), options.google_flags.begin(),
                   options.google_flags.end());
  const Interrupts interrupts;
  const BenchRun run = RunBenchProgram(arguments, interrupts.fd());
  if (!run.measured) return run.exit_code;
  // The file comes first, so that what was measured is safe.
  if (file) file->Commit(JsonText(*run.measured));
  fmt::print("{}", Tables(*run.measured));
  return run.exit_code;
}

int Show(const std::string& file) {
  fmt::print("{}", Tables(ReadMeasured(file)));
  return kEveryClaimHolds;
}

// Returns kClaimViolated if something is faster or slower in B.
int CompareFiles(const std::string& file_a, const std::string& file_b) {
  const Measured a = ReadMeasured(file_a);
  const Measured b = ReadMeasured(file_b);
  if (a.context.in_pidlab_vm != b.context.in_pidlab_vm) {
    FailAsUsage((a.context.in_pidlab_vm ? file_a : file_b) +
                " was measured in a virtual machine, the other was not: what a "
                "namespace costs there says nothing of what it costs here");
  }
  const Changes changes = Compare(a, b);
  fmt::print("{}", Table(changes, a, b));
  for (const Change& change : changes.changes) {
    if (change.finding == Finding::kFaster ||
        change.finding == Finding::kSlower) {
      return kClaimViolated;
    }
  }
  return kEveryClaimHolds;
}

void AddRun(CommandLine& line) {
  auto& options = line.Own<RunOptions>();
  line.Flag("--quick", options.quick,
            "Only what a new namespace costs; some seconds");
  line.Option("--filter", options.filter,
              "Only names that match this regular expression");
  line.Option("--out", options.out_file,
              "Write every sample to this file, as JSON");
  line.Option("--seed", options.seed, "Of the random order");
  line.Arguments("FLAG", options.google_flags, CommandLine::Must::kNotBeGiven,
                 "Google Benchmark's own, after a --");
  line.Run([&options] { return RunBench(options); });
}

void AddShow(CommandLine& line) {
  auto& file = line.Own<std::string>();
  line.Argument("FILE", file, CommandLine::Must::kBeGiven,
                "- is standard input");
  line.Run([&file] { return Show(file); });
}

void AddCompare(CommandLine& line) {
  auto& a = line.Own<std::string>();
  auto& b = line.Own<std::string>();
  line.Argument("A", a, CommandLine::Must::kBeGiven, "What a run wrote");
  line.Argument("B", b, CommandLine::Must::kBeGiven, "What another wrote");
  line.Run([&a, &b] { return CompareFiles(a, b); });
}

void AddCheck(CommandLine& line) {
  auto& full = line.Own<bool>();
  line.Flag("--full", full, "All of them; some minutes");
  line.Run([&full] { return BenchCheck(full); });
}

void Add(CommandLine& line) {
  AddRun(line.Subcommand("run", "Measure, and show the tables"));
  AddShow(line.Subcommand("show", "The tables of such a file"));
  AddCompare(line.Subcommand(
      "compare", "What has changed from A to B; 1 if anything has"));
  AddCheck(line.Subcommand("check",
                           "Whether the bars of docs/benchmarks.md are met"));
}

const CommandRegistration registration(
    {50, "bench", "What namespaces cost, in ratios that repeat",
     "  pidlab bench run --quick     what a namespace costs\n"
     "  pidlab bench run --out a.json\n"
     "  pidlab bench compare a.json b.json\n",
     &Add});

}  // namespace
}  // namespace pidlab
