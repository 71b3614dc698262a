#include "lib/cli/bench_program.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "lib/cli/exit_codes.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

std::filesystem::path FindBenchProgram() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  auto program = self.parent_path() / "pidlab-bench";
  if (access(program.c_str(), X_OK) == 0) return program;
  AbandonAsError(
      "there is no pidlab-bench beside " + self.string() +
      ", which measures; ./pidlab in a checkout builds both (or bazel build "
      "//benchmarks:pidlab-bench, and copy it there)");
}

// A file that has no name, and is gone with its last descriptor.
Fd AnonymousFile() {
  Fd file(memfd_create("samples", 0));
  if (!file.valid()) AbandonAsError("memfd_create: " + DescribeErrno(errno));
  return file;
}

std::string Contents(const Fd& file) {
  std::string text;
  char buffer[65536];
  lseek(file.get(), 0, SEEK_SET);
  for (;;) {
    const ssize_t size = read(file.get(), buffer, sizeof(buffer));
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

// Its end, after it was told to come to it if need be.
Ending WaitForProgram(pid_t pid, const Fd& pidfd, int interrupt_fd) {
  pollfd fds[] = {{.fd = pidfd.get(), .events = POLLIN, .revents = 0},
                  {.fd = interrupt_fd, .events = POLLIN, .revents = 0}};
  while (fds[0].revents == 0) {
    if (poll(fds, 2, -1) <= 0) continue;  // EINTR
    if (fds[1].revents != 0) {
      (void)PidfdSendSignal(pidfd.get(), SIGTERM);
      fds[1].fd = -1;
    }
  }
  return WaitFor(pid).value;
}

// Runs the program with `output` as its standard output, if that is valid.
int Execute(const std::vector<std::string>& arguments, const Fd& output,
            int interrupt_fd) {
  const std::string program = FindBenchProgram();
  std::vector<const char*> words = {program.c_str()};
  for (const std::string& argument : arguments) {
    words.push_back(argument.c_str());
  }
  words.push_back(nullptr);
  const Fd self(PidfdOpen(getpid()).value);
  int pidfd = -1;
  const Sys<pid_t> pid = Clone3(0, &pidfd);
  if (!pid.ok()) AbandonAsError("clone3(0): " + DescribeErrno(pid.err));
  if (pid.value == 0) {
    if (!DieWithParent(self).ok()) _exit(127);
    if (output.valid()) dup2(output.get(), STDOUT_FILENO);
    execv(program.c_str(), const_cast<char**>(words.data()));
    _exit(127);
  }
  const Fd owned(pidfd);
  const Ending ending = WaitForProgram(pid.value, owned, interrupt_fd);
  if (ending.kind == Ending::Kind::kExited && ending.number != 127) {
    return ending.number;
  }
  std::ostringstream text;
  text << program << ": " << ending;
  AbandonAsError(text.str());
}

}  // namespace

BenchRun RunBenchProgram(const std::vector<std::string>& arguments,
                         int interrupt_fd) {
  const Fd samples = AnonymousFile();
  std::vector<std::string> all = arguments;
  all.push_back("--samples_fd=" + std::to_string(samples.get()));
  BenchRun run;
  run.exit_code = Execute(all, Fd(), interrupt_fd);
  const std::string text = Contents(samples);
  if (!text.empty()) {
    run.measured = MeasuredFromJson(nlohmann::ordered_json::parse(text));
  }
  return run;
}

std::string OutputOfBenchProgram(const std::vector<std::string>& arguments,
                                 int interrupt_fd) {
  const Fd output = AnonymousFile();
  const int exit_code = Execute(arguments, output, interrupt_fd);
  if (exit_code == kInterrupted) throw Interrupted{};
  if (exit_code != 0) {
    AbandonAsError("pidlab-bench ended with " + std::to_string(exit_code));
  }
  return Contents(output);
}

}  // namespace pidlab
