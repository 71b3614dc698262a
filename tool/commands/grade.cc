// `grade --exe PROGRAM`: whether a program that runs a command as PID 1 keeps
// its promises.

#include "tool/grade/grade.h"

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>

#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/find_program.h"
#include "lib/host/interrupts.h"
#include "lib/lab/command_line.h"
#include "lib/lab/failure.h"
#include "lib/lab/tally.h"
#include "lib/text/labelled.h"

namespace pidlab {
namespace {

struct GradeOptions {
  std::string program;                 // as it would be typed
  std::vector<std::string> arguments;  // before the command
  double timeout_scale = 1;
  Language language = Language::kEnglish;
};

// The program as a shell would find it. Throws Error (usage).
std::string FindExecutable(const std::string& name) {
  std::error_code error;
  const bool there = std::filesystem::exists(name, error);
  if (name.find('/') != std::string::npos) {
    if (!FindProgram(name, "").empty()) {
      return std::filesystem::absolute(name, error).lexically_normal();
    }
    FailAsUsage(there ? name +
                            " is no program that can be run: compile it, "
                            "chmod +x"
                      : "there is no " + name);
  }
  const char* path = getenv("PATH");
  std::string found =
      FindProgram(name, path == nullptr ? "/usr/bin:/bin" : path);
  if (!found.empty()) return found;
  FailAsUsage("there is no program " + name + " in PATH" +
              (there ? ": the one in this folder is ./" + name : ""));
}

void PrintPoint(int number, const Point& point, const Record& record,
                Language language) {
  const std::string indent = "        ";
  fmt::print("{:<5} {:2}  {}\n{}", VerdictName(record.verdict), number,
             point.PromiseIn(language), FailureReasons(record, indent));
  if (record.verdict == Verdict::kPass || record.skip) return;
  fmt::print("{}", Labelled(fmt::format("{}{:<10}", indent, "hint"),
                            point.HintIn(language)));
}

int Grade(const GradeOptions& options) {
  std::vector<std::string> program = {FindExecutable(options.program)};
  program.insert(program.end(), options.arguments.begin(),
                 options.arguments.end());
  std::string line;
  for (const std::string& word : program) line += word + " ";
  fmt::print("{}COMMAND\n\n", line);

  const Interrupts interrupts;
  RunOptions run;
  run.chamber.interrupt_fd = interrupts.fd();
  run.chamber.patience = ScaledPatience(options.timeout_scale);
  run.chamber.stays_in_folder = true;
  Tally tally;
  const std::vector<Point> points = PointsFor(program);
  try {
    for (size_t i = 0; i < points.size(); ++i) {
      const Record record = RunExperiment(points[i].experiment, run);
      PrintPoint(static_cast<int>(i) + 1, points[i], record, options.language);
      std::fflush(stdout);
      tally.Add(record.verdict);
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
  fmt::print("\n{}\n", tally.Line());
  return tally.Code();
}

void Add(CommandLine& line) {
  auto& options = line.Own<GradeOptions>();
  line.Option("--exe", options.program, "The program");
  line.Require("--exe");
  line.Arguments("ARGUMENT", options.arguments, CommandLine::Must::kNotBeGiven,
                 "Its arguments before the command, after a --");
  line.TimeoutScaleOption(options.timeout_scale);
  line.LanguageOption(options.language);
  line.Run([&options] { return Grade(options); });
}

const CommandRegistration registration(
    {35, "grade", "Judge a program that runs a command as PID 1",
     "  pidlab grade --exe ./my_shell\n"
     "  pidlab grade --exe unshare -- -pf --mount-proc --kill-child\n",
     &Add});

}  // namespace
}  // namespace pidlab
