#include "lib/grade/grade.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/cli/interrupts.h"
#include "lib/report/layout.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

bool IsProgram(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) &&
         access(path.c_str(), X_OK) == 0;
}

// The program as a shell would find it. Throws UsageError.
std::string FindProgram(const std::string& name) {
  std::error_code error;
  if (name.find('/') != std::string::npos) {
    if (IsProgram(name)) {
      return std::filesystem::absolute(name, error).lexically_normal();
    }
    throw UsageError{
        std::filesystem::exists(name, error)
            ? name + " is no program that can be run: compile it, chmod +x"
            : "there is no " + name};
  }
  const char* path = getenv("PATH");
  std::string folders = path == nullptr ? "/usr/bin:/bin" : path;
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const auto file =
        std::filesystem::path(folders.substr(begin, end - begin)) / name;
    if (IsProgram(file)) return file;
    begin = end + 1;
  }
  throw UsageError{"there is no program " + name + " in PATH" +
                   (std::filesystem::exists(name, error)
                        ? ": the one in this folder is ./" + name
                        : "")};
}

void PrintText(const char* label, const std::string& text) {
  for (const std::string& line : Wrap(text, kColumns - 18)) {
    fmt::print("        {:<9} {}\n", label, line);
    label = "";
  }
}

void PrintPoint(int number, const Point& point, const Record& record,
                Language language) {
  fmt::print("{:<5} {:2}  {}\n", VerdictName(record.verdict), number,
             point.PromiseIn(language));
  if (record.skip) {
    PrintText("needs", record.skip->needs);
    PrintText("probed", record.skip->probed);
    PrintText("to run", record.skip->to_run);
    return;
  }
  if (record.verdict == Verdict::kPass) return;
  for (const Step& step : record.steps) {
    for (const Entry& entry : step.entries) {
      if (entry.ok) continue;
      PrintText("step", step.title);
      PrintText("ran", entry.text);
      PrintText("expected", entry.expected);
      PrintText("observed", entry.observed);
    }
  }
  if (!record.reason.empty()) PrintText("because", record.reason);
  PrintText("hint", point.HintIn(language));
}

}  // namespace

int Grade(const GradeOptions& options) {
  std::vector<std::string> program = {FindProgram(options.program)};
  program.insert(program.end(), options.arguments.begin(),
                 options.arguments.end());
  std::string line;
  for (const std::string& word : program) line += word + " ";
  fmt::print("{}COMMAND\n\n", line);

  const Interrupts interrupts;
  RunOptions run;
  run.chamber.interrupt_fd = interrupts.fd();
  run.chamber.patience = ScaledPatience(options.timeout_scale);
  int passed = 0;
  int failed = 0;
  int errors = 0;
  int skipped = 0;
  const std::vector<Point> points = PointsFor(program);
  try {
    for (size_t i = 0; i < points.size(); ++i) {
      const Record record = RunExperiment(points[i].experiment, run);
      PrintPoint(static_cast<int>(i) + 1, points[i], record, options.language);
      std::fflush(stdout);
      ++(record.verdict == Verdict::kPass   ? passed
         : record.verdict == Verdict::kSkip ? skipped
                                            : failed);
      if (record.verdict == Verdict::kError) ++errors;
      if (i == 0 && record.verdict != Verdict::kPass) {
        fmt::print(
            "\nThe other {} points say something of a program that runs "
            "its command.\n",
            points.size() - 1);
        break;
      }
    }
  } catch (const Interrupted&) {
    fmt::print("\nINTERRUPTED: this is not all\n");
    return kInterrupted;
  }
  fmt::print("\n{} passed, {} failed, {} skipped\n", passed, failed, skipped);
  if (failed > errors) return kClaimViolated;
  if (errors > 0) return kHarnessFailed;
  return passed == 0 ? kEverythingSkipped : kEveryClaimHolds;
}

}  // namespace pidlab
