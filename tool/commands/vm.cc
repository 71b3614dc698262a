// `vm -- COMMAND`: runs a command in a virtual machine.

#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/interrupts.h"
#include "lib/lab/command_line.h"
#include "tool/commands/kernel_choice.h"
#include "tool/report/result_file.h"
#include "tool/vm/kernels.h"
#include "tool/vm/machine.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

struct VmOptions {
  bool fetch_or_list = false;
  std::string fetch;   // only fetch this series; "": list them
  std::string kernel;  // a file, or a fetched series; "": see ChooseKernel
  MachineSize size;
  double timeout_seconds = 0;  // 0: none
  bool emulate = false;        // even if there is KVM
  bool console = false;        // show what the kernel prints
  std::vector<std::string> command;
};

// Writes a result file of a machine. Its path must be below the working folder.
void WriteResult(const ResultOfMachine& file) {
  const fs::path path = fs::path(file.path).lexically_normal();
  if (path.is_absolute() || *path.begin() == "..") {
    FailAsHarness("the virtual machine sent a file named " + file.path);
  }
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  ResultFile(path).Commit(file.contents);
}

MachineEnd RunOrSayThatItIsOff(const MachineOptions& machine,
                               const Task& task) {
  try {
    return RunMachine(machine, task);
  } catch (const Interrupted&) {
    fmt::print(stderr, "\npidlab: the machine is switched off\n");
    throw;
  }
}

// The command as a machine has to get it: before the name of a pidlab command,
// the name of the program is inserted.
std::vector<std::string> WordsOf(std::vector<std::string> command) {
  if (!command.empty() && IsCommand(command[0])) {
    command.insert(command.begin(), "pidlab");
  }
  return command;
}

int Vm(const VmOptions& options) {
  const Interrupts interrupts;
  if (options.fetch_or_list && options.fetch.empty()) {
    fmt::print("{}", FetchableKernels(interrupts.fd()));
    return kEveryClaimHolds;
  }
  if (options.fetch_or_list) {
    fmt::print("{}\n", FetchKernel(options.fetch, interrupts.fd()).string());
    return kEveryClaimHolds;
  }
  Task task = TaskFor(WordsOf(options.command));
  task.environment.push_back(std::string("PIDLAB_LANG=") +
                             LanguageCode(UsualLanguage()));
  task.terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  MachineOptions machine;
  machine.kernel = ChooseKernel(options.kernel);
  machine.acceleration = options.emulate ? Acceleration::kEmulated
                                         : BestAcceleration(machine.kernel);
  machine.size = options.size;
  if (options.timeout_seconds > 0) {
    machine.timeout = std::chrono::milliseconds(
        static_cast<int64_t>(options.timeout_seconds * 1000));
  }
  machine.interrupt_fd = interrupts.fd();
  if (task.terminal || isatty(STDIN_FILENO) == 0) machine.in = STDIN_FILENO;
  if (options.console) {
    machine.console = [](std::string_view text) {
      fmt::print(stderr, "{}", text);
    };
  }
  fmt::print(stderr, "pidlab: {}, {}{}\n", machine.kernel.string(),
             machine.acceleration == Acceleration::kKvm
                 ? "with KVM"
                 : "emulated by software, which takes its time",
             task.terminal ? "; Ctrl-] switches it off" : "");
  const MachineEnd end = RunOrSayThatItIsOff(machine, task);
  for (const ResultOfMachine& file : end.files) WriteResult(file);
  for (const std::string& path : end.left_behind) {
    fmt::print(stderr,
               "pidlab: {} was in the machine, and is gone with it; what is "
               "written below the working folder comes back\n",
               path);
  }
  return end.exit_status;
}

void Add(CommandLine& line) {
  auto& options = line.Own<VmOptions>();
  line.Option("--kernel", options.kernel,
              "An image, or a fetched series; none: what runs here");
  line.OptionWithOrWithout("--fetch", options.fetch, options.fetch_or_list,
                           "Get Debian's kernel of a series; none: list them");
  AddSizeOptions(line, options.size);
  line.Option("--timeout", options.timeout_seconds, 1e-3, 1e9,
              "Switch it off after so many seconds, as an error");
  line.Flag("--emulate", options.emulate, "Without KVM, even if it works");
  line.Flag("--console", options.console, "Show what its kernel says");
  line.Arguments("COMMAND", options.command, CommandLine::Must::kNotBeGiven,
                 "Of pidlab's, or a program, after a --; none: a shell");
  line.Run([&options] { return Vm(options); });
}

const CommandRegistration registration(
    {60, "vm", "The same in a virtual machine: any kernel, no root",
     "  pidlab vm --fetch 6.1        a kernel of Debian's\n"
     "  pidlab vm --kernel 6.1 -- verify\n"
     "  pidlab vm                    a shell in a machine\n",
     &Add});

}  // namespace
}  // namespace pidlab
