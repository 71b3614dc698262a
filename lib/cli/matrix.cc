#include "lib/matrix/matrix.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/cli/interrupts.h"
#include "lib/cli/kernel_choice.h"
#include "lib/cli/result_file.h"
#include "lib/linux/command.h"
#include "lib/trial/abandon.h"
#include "lib/vm/machine.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kReport = "report.json";

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file(path);
  if (!file) {
    throw UsageError{"cannot read " + path + ": " + DescribeErrno(errno)};
  }
  text << file.rdbuf();
  return text.str();
}

// What `matrix run` or `verify --json` has written.
Matrix ReadMatrix(const std::string& path) {
  try {
    const Json json = Json::parse(ReadAll(path));
    if (json.contains("columns")) return MatrixFromJson(json);
    return {ColumnFromReport(json, kOnHost)};
  } catch (const std::exception& error) {
    throw UsageError{path +
                     " is nothing that `pidlab matrix run --json` or `pidlab "
                     "verify --json` wrote: " +
                     error.what()};
  }
}

// The report of `pidlab verify`, run by this program here.
Json VerifyHere(int interrupt_fd) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    AbandonAsError("pipe: " + DescribeErrno(errno));
  }
  const Fd report(ends[0]);
  Fd far(ends[1]);
  fcntl(far.get(), F_SETFD, 0);
  const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  Sys<Command> verify =
      Command::Start({"/proc/self/exe", "verify", "--json",
                      fmt::format("/dev/fd/{}", far.get())},
                     {.in = nothing.get(), .out = nothing.get()});
  if (!verify.ok()) AbandonAsError("clone3: " + DescribeErrno(verify.err));
  far.Close();
  std::string text;
  char buffer[65536];
  for (;;) {
    pollfd fds[] = {{.fd = report.get(), .events = POLLIN, .revents = 0},
                    {.fd = interrupt_fd, .events = POLLIN, .revents = 0}};
    if (poll(fds, 2, -1) < 0) continue;  // EINTR
    if (fds[1].revents != 0) throw Interrupted{};
    const ssize_t size = read(report.get(), buffer, sizeof(buffer));
    if (size <= 0) break;
    text.append(buffer, static_cast<size_t>(size));
  }
  (void)verify.value.Wait();
  return Json::parse(text);
}

Json VerifyInMachine(const MatrixOptions& options,
                     const std::filesystem::path& kernel, int interrupt_fd) {
  MachineOptions machine;
  machine.kernel = kernel;
  machine.acceleration = options.emulate ? Acceleration::kEmulated
                                         : BestAcceleration(machine.kernel);
  machine.memory_mib = options.memory_mib;
  machine.interrupt_fd = interrupt_fd;
  const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  machine.out = nothing.get();
  const MachineEnd end =
      RunMachine(machine, TaskFor({"pidlab", "verify", "--json", kReport}));
  const auto report =
      std::ranges::find(end.files, kReport, &ResultOfMachine::path);
  if (end.exit_status == kInterrupted) throw Interrupted{};
  if (report == end.files.end()) {
    AbandonAsError(fmt::format("verify exited with {} and wrote no report",
                               end.exit_status));
  }
  return Json::parse(report->contents);
}

// A machine that fails is a column, too: its claims were not tried.
KernelColumn ColumnOf(const std::string& name, const char* place,
                      const auto& verify) {
  fmt::print(stderr, "pidlab: verifying on {}\n", name);
  try {
    return ColumnFromReport(verify(), place);
  } catch (const Abandoned& abandoned) {
    fmt::print(stderr, "pidlab: {}\n", abandoned.reason);
    return {name,
            "",
            place,
            abandoned.reason.substr(0, abandoned.reason.find('\n')),
            {}};
  }
}

int ExitCodeOf(const Matrix& matrix) {
  int worst = kEveryClaimHolds;
  for (const KernelColumn& column : matrix) {
    if (!column.failure.empty()) worst = kHarnessFailed;
    for (const auto& [name, found] : column.found) {
      if (found.verdict == Verdict::kFail) return kClaimViolated;
      if (found.verdict == Verdict::kError) worst = kHarnessFailed;
    }
  }
  return worst;
}

}  // namespace

int MatrixRun(const MatrixOptions& options) {
  // All that the user may have got wrong is found before anything runs.
  std::vector<std::filesystem::path> kernels;
  for (const std::string& kernel : options.kernels) {
    kernels.push_back(ChooseKernel(kernel));
  }
  if (kernels.empty() && options.no_host) {
    throw UsageError{"there is no kernel to verify: name one, --kernel FILE"};
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

int MatrixShow(const std::vector<std::string>& files) {
  Matrix matrix;
  for (const std::string& file : files) {
    for (KernelColumn& column : ReadMatrix(file)) {
      matrix.push_back(std::move(column));
    }
  }
  fmt::print("{}", Table(matrix));
  return kEveryClaimHolds;
}

}  // namespace pidlab
