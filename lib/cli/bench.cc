#include <fmt/core.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "lib/bench/compare.h"
#include "lib/bench/table.h"
#include "lib/cli/bench_program.h"
#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/cli/interrupts.h"
#include "lib/cli/result_file.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

// What `pidlab bench run` has written. Throws UsageError.
Measured ReadMeasured(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path);
    if (!file) {
      throw UsageError{"cannot read " + path + ": " + DescribeErrno(errno)};
    }
    text << file.rdbuf();
  }
  try {
    return MeasuredFromJson(nlohmann::ordered_json::parse(text.str()));
  } catch (const std::exception& error) {
    throw UsageError{
        path +
        " is nothing that `pidlab bench run --out` wrote: " + error.what()};
  }
}

}  // namespace

int BenchRunCommand(const BenchRunOptions& options) {
  std::optional<ResultFile> file;
  if (!options.out_file.empty()) file.emplace(options.out_file);
  std::vector<std::string> arguments = {"--seed=" +
                                        std::to_string(options.seed)};
  if (options.quick) arguments.emplace_back("--quick");
  if (isatty(STDERR_FILENO) != 0) arguments.emplace_back("--progress");
  if (!options.filter.empty()) {
    arguments.push_back("--benchmark_filter=" + options.filter);
  }
  arguments.insert(arguments.end(), options.google_flags.begin(),
                   options.google_flags.end());
  const Interrupts interrupts;
  const BenchRun run = RunBenchProgram(arguments, interrupts.fd());
  if (!run.measured) return run.exit_code;
  // First of all it is made safe.
  if (file) file->Commit(JsonText(*run.measured));
  fmt::print("{}", Tables(*run.measured));
  return run.exit_code;
}

int BenchShow(const std::string& file) {
  fmt::print("{}", Tables(ReadMeasured(file)));
  return kEveryClaimHolds;
}

int BenchCompare(const std::string& file_a, const std::string& file_b) {
  const Measured a = ReadMeasured(file_a);
  const Measured b = ReadMeasured(file_b);
  if (a.context.in_pidlab_vm != b.context.in_pidlab_vm) {
    throw UsageError{
        (a.context.in_pidlab_vm ? file_a : file_b) +
        " was measured in a virtual machine, the other was not: what a "
        "namespace costs there says nothing of what it costs here"};
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

}  // namespace pidlab
