// `matrix run|show`: every claim on several kernels.

#include "tool/matrix/matrix.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/files.h"
#include "lib/host/interrupts.h"
#include "lib/host/names.h"
#include "lib/lab/command_line.h"
#include "lib/lab/tally.h"
#include "tool/commands/kernel_choice.h"
#include "tool/report/result_file.h"
#include "tool/vm/machine.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kReport = "report.json";

struct RunOptions {
  std::vector<std::string> kernels;  // files, or fetched series
  bool no_host = false;              // without the kernel that runs here
  MachineSize size;
  bool emulate = false;
  std::string json_file;
  std::string expect_file;  // the recorded verdicts; "": there are none
};

// What `matrix run` or `verify --json` has written.
Matrix ReadMatrix(const std::string& path) {
  const std::string text = ReadInput(path);
  try {
    const Json json = Json::parse(text);
    if (json.contains("columns")) return MatrixFromJson(json);
    return {ColumnFromReport(json, kOnHost)};
  } catch (const std::exception& error) {
    FailAsUsage(path +
                " was written neither by `pidlab matrix run --json` nor by "
                "`pidlab verify --json`: " +
                error.what());
  }
}

// The report of `pidlab verify`, which this program runs here.
Json VerifyHere(int interrupt_fd) {
  Pipe report = MakePipe();
  fcntl(report.write.get(), F_SETFD, 0);
  const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  Command verify =
      Command::Start({"/proc/self/exe", "verify", "--json",
                      fmt::format("/dev/fd/{}", report.write.get())},
                     {.in = nothing.get(), .out = nothing.get()});
  report.write.Close();
  const std::string text = ReadAll(report.read.get(), interrupt_fd);
  (void)verify.Wait();
  return Json::parse(text);
}

Json VerifyInMachine(const RunOptions& options,
                     const std::filesystem::path& kernel, int interrupt_fd) {
  MachineOptions machine;
  machine.kernel = kernel;
  machine.acceleration = options.emulate ? Acceleration::kEmulated
                                         : BestAcceleration(machine.kernel);
  machine.size = options.size;
  machine.interrupt_fd = interrupt_fd;
  const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  machine.out = nothing.get();
  const MachineEnd end =
      RunMachine(machine, TaskFor({"pidlab", "verify", "--json", kReport}));
  const auto report =
      std::ranges::find(end.files, kReport, &ResultOfMachine::path);
  if (end.exit_status == kInterrupted) throw Interrupted();
  if (report == end.files.end()) {
    FailAsHarness(fmt::format("verify exited with {} and wrote no report",
                              end.exit_status));
  }
  return Json::parse(report->contents);
}

// A machine that fails gets a column, too, in which no claim was tried.
KernelColumn ColumnOf(const std::string& name, const char* place,
                      const auto& verify) {
  fmt::print(stderr, "pidlab: verifying on {}\n", name);
  try {
    return ColumnFromReport(verify(), place);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    fmt::print(stderr, "pidlab: {}\n", error.message);
    return {
        name, "", place, error.message.substr(0, error.message.find('\n')), {}};
  }
}

// The exit code for the verdicts; but kHarnessFailed if a column is not
// complete and no claim is violated.
int ExitCodeOf(const Matrix& matrix) {
  Tally tally;
  bool complete = true;
  for (const KernelColumn& column : matrix) {
    complete = complete && column.failure.empty();
    for (const auto& [name, found] : column.found) tally.Add(found.verdict);
  }
  const ExitCode code = tally.Code();
  return complete || code == kClaimViolated ? code : kHarnessFailed;
}

// Returns kClaimViolated if a claim is violated, or if a verdict is not the
// recorded one.
int RunMatrix(const RunOptions& options) {
  // Mistakes of the user are found before anything runs.
  std::vector<std::filesystem::path> kernels;
  for (const std::string& kernel : options.kernels) {
    kernels.push_back(ChooseKernel(kernel));
  }
  if (kernels.empty() && options.no_host) {
    FailAsUsage("there is no kernel to verify: name one, --kernel FILE");
  }
  Matrix recorded;
  if (!options.expect_file.empty()) recorded = ReadMatrix(options.expect_file);
  std::optional<ResultFile> file;
  if (!options.json_file.empty()) file.emplace(options.json_file);

  const Interrupts interrupts;
  Matrix matrix;
  for (const auto& kernel : kernels) {
    matrix.push_back(ColumnOf(kernel.filename(), kInMachine, [&] {
      return VerifyInMachine(options, kernel, interrupts.fd());
    }));
  }
  if (!options.no_host) {
    matrix.push_back(ColumnOf("the host", kOnHost,
                              [&] { return VerifyHere(interrupts.fd()); }));
  }
  if (file) file->Commit(ToJson(matrix).dump(1) + "\n");
  fmt::print("{}", Table(matrix));
  if (options.expect_file.empty()) return ExitCodeOf(matrix);
  const std::vector<std::string> differences =
      DifferencesFrom(recorded, matrix);
  for (const std::string& difference : differences) {
    fmt::print("UNEXPECTED  {}\n", difference);
  }
  fmt::print("{} verdicts are not those of {}\n", differences.size(),
             options.expect_file);
  return differences.empty() ? kEveryClaimHolds : kClaimViolated;
}

int Show(const std::vector<std::string>& files) {
  Matrix matrix;
  for (const std::string& file : files) {
    for (KernelColumn& column : ReadMatrix(file)) {
      matrix.push_back(std::move(column));
    }
  }
  fmt::print("{}", Table(matrix));
  return kEveryClaimHolds;
}

void AddRun(CommandLine& line) {
  auto& options = line.Own<RunOptions>();
  line.Option("--kernel", options.kernels,
              "A kernel image, or the series of a fetched one");
  line.Flag("--no-host", options.no_host, "Not here");
  AddSizeOptions(line, options.size);
  line.Flag("--emulate", options.emulate, "Without KVM, even if it works");
  line.Option("--json", options.json_file, "Write the matrix to this file");
  line.Option("--expect", options.expect_file,
              "Exit with 1 if a verdict is not as in this file");
  line.Run([&options] { return RunMatrix(options); });
}

void AddShow(CommandLine& line) {
  auto& files = line.Own<std::vector<std::string>>();
  line.Arguments("FILE", files, CommandLine::Must::kBeGiven,
                 "Of matrix run or verify, --json; - is stdin");
  line.Run([&files] { return Show(files); });
}

void Add(CommandLine& line) {
  AddRun(
      line.Subcommand("run", "Verify in a machine for each kernel, and here"));
  AddShow(line.Subcommand("show", "Such files side by side"));
}

const CommandRegistration registration(
    {70, "matrix", "Every claim on several kernels",
     "  pidlab matrix run --kernel 5.10 --kernel 6.1\n"
     "  pidlab matrix show a.json b.json\n",
     &Add});

}  // namespace
}  // namespace pidlab
