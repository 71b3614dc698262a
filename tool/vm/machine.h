// A virtual machine of QEMU that lives as long as one command: a kernel, an
// initramfs, two serial ports, no disk, no network. It creates no files, and it
// dies with this process.

#ifndef PIDLAB_TOOL_VM_MACHINE_H_
#define PIDLAB_TOOL_VM_MACHINE_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tool/vm/task.h"

namespace pidlab {

enum class Acceleration {
  kKvm,       // the processor runs the guest's code itself
  kEmulated,  // QEMU's translator does (TCG): some ten times slower
};

// KVM, if the kernel prints something with it within some seconds. It is not
// enough that /dev/kvm creates machines: if this machine is virtual itself,
// they may hang.
Acceleration BestAcceleration(const std::filesystem::path& kernel);

struct MachineSize {
  int memory_mib = 512;
  int cpus = 2;
};

struct MachineOptions {
  std::filesystem::path kernel;
  Acceleration acceleration = Acceleration::kEmulated;
  MachineSize size;
  // After that the machine is switched off, which is an error.
  std::optional<std::chrono::milliseconds> timeout;
  // How long it may give no sign of life; by default half a minute, or some
  // minutes if it is emulated.
  std::optional<std::chrono::milliseconds> patience;
  int interrupt_fd = -1;  // a signalfd; its signals are for the command
  // Where the command's input comes from, and its output and errors go to; an
  // input of -1 ends at once. With a terminal, `in` is one.
  int in = -1;
  int out = 1;
  int err = 2;
  // Gets what the kernel prints on its console, as it comes.
  std::function<void(std::string_view)> console;
};

struct ResultOfMachine {
  std::string path;  // relative to the working folder, and never above it
  std::string contents;
};

struct MachineEnd {
  int exit_status = 0;  // of the command; 128 + N if signal N killed it
  std::vector<ResultOfMachine> files;
  std::vector<std::string> left_behind;  // what it wrote elsewhere, and is lost
};

// Boots, runs the command, switches off. Throws Error with the last
// lines of the console if the machine panics, falls silent, is killed or takes
// longer than it may; Interrupted if the user has ended it.
MachineEnd RunMachine(const MachineOptions& options, const Task& task);

// The key that switches the machine off when it has the terminal: Ctrl-].
inline constexpr char kSwitchOffKey = '\035';

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_MACHINE_H_
