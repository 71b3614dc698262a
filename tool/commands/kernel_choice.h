// Which machine the user means: the kernel that it boots, and its size.

#ifndef PIDLAB_TOOL_COMMANDS_KERNEL_CHOICE_H_
#define PIDLAB_TOOL_COMMANDS_KERNEL_CHOICE_H_

#include <filesystem>
#include <string>

#include "lib/lab/command_line.h"
#include "tool/vm/machine.h"

namespace pidlab {

// A kernel image: the file `name`; or the newest fetched one of the series or
// release of that name; or, for "", the image of the running kernel, else the
// newest that was fetched. Throws Error (usage).
std::filesystem::path ChooseKernel(const std::string& name);

// Adds --memory and --cpus.
void AddSizeOptions(CommandLine& line, MachineSize& size);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_KERNEL_CHOICE_H_
