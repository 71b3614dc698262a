#include "tool/commands/bench_program.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "benchmarks/analysis/measured_json.h"
#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/files.h"
#include "lib/host/wait.h"

namespace pidlab {
namespace {

std::filesystem::path FindBenchProgram() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  auto program = self.parent_path() / "pidlab-bench";
  if (access(program.c_str(), X_OK) == 0) return program;
  FailAsHarness("pidlab-bench, the program that measures, is not beside " +
                self.string() +
                ": ./pidlab in a checkout builds both (or bazel build "
                "//benchmarks:pidlab-bench, and copy it there)");
}

// Waits until the program has ended. An interrupt tells it to end; it still
// hands over what it has measured.
Ending WaitForEnd(Command& program, int interrupt_fd) {
  pollfd fds[] = {ToRead(program.pidfd()), ToRead(interrupt_fd)};
  while (fds[0].revents == 0) {
    (void)Wait(fds, -1);
    if (fds[1].revents != 0) {
      (void)program.Send(SIGTERM);
      fds[1].fd = -1;
    }
  }
  return program.Wait();
}

// Runs the program, with `output` as its standard output if that is valid.
int Execute(const std::vector<std::string>& arguments, const Fd& output,
            int interrupt_fd) {
  std::vector<std::string> words = {FindBenchProgram()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Command program = Command::Start(words, {.out = output.get()});
  const Ending ending = WaitForEnd(program, interrupt_fd);
  if (ending.kind == Ending::Kind::kExited && ending.number != kNotExecuted) {
    return ending.number;
  }
  std::ostringstream text;
  text << words[0] << ": " << ending;
  FailAsHarness(text.str());
}

}  // namespace

BenchRun RunBenchProgram(const std::vector<std::string>& arguments,
                         int interrupt_fd) {
  const Fd samples = MemoryFile("samples");
  std::vector<std::string> all = arguments;
  all.push_back("--samples_fd=" + std::to_string(samples.get()));
  BenchRun run;
  run.exit_code = Execute(all, Fd(), interrupt_fd);
  const std::string text = ContentsOf(samples);
  if (!text.empty()) run.measured = MeasuredFromJson(text);
  return run;
}

std::string OutputOfBenchProgram(const std::vector<std::string>& arguments,
                                 int interrupt_fd) {
  const Fd output = MemoryFile("output");
  const int exit_code = Execute(arguments, output, interrupt_fd);
  if (exit_code == kInterrupted) throw Interrupted();
  if (exit_code != 0) {
    FailAsHarness("pidlab-bench ended with " + std::to_string(exit_code));
  }
  return ContentsOf(output);
}

}  // namespace pidlab
