#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/interrupts.h"
#include "lib/cli/kernel_choice.h"
#include "lib/cli/result_file.h"
#include "lib/trial/abandon.h"
#include "lib/vm/kernels.h"
#include "lib/vm/machine.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

int ListFetchable(int interrupt_fd) {
  for (const DebianKernel& kernel : FetchableKernels(interrupt_fd)) {
    fmt::print("{:<6} {:<36} {}\n", kernel.series, kernel.release,
               kernel.suite);
  }
  return kEveryClaimHolds;
}

// What comes out of a machine stays below the working folder.
void WriteResult(const ResultOfMachine& file) {
  const fs::path path = fs::path(file.path).lexically_normal();
  if (path.is_absolute() || *path.begin() == "..") {
    AbandonAsError("the virtual machine sent a file named " + file.path);
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

}  // namespace

int Vm(const VmOptions& options) {
  const Interrupts interrupts;
  if (options.fetch_list) return ListFetchable(interrupts.fd());
  if (!options.fetch.empty()) {
    fmt::print("{}\n", FetchKernel(options.fetch, interrupts.fd()).string());
    return kEveryClaimHolds;
  }
  Task task = TaskFor(options.command);
  task.environment.push_back("PIDLAB_LANG=" + options.language);
  task.terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  MachineOptions machine;
  machine.kernel = ChooseKernel(options.kernel);
  machine.acceleration = options.emulate ? Acceleration::kEmulated
                                         : BestAcceleration(machine.kernel);
  machine.memory_mib = options.memory_mib;
  machine.cpus = options.cpus;
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

}  // namespace pidlab
