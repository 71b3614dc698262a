// What a virtual machine is to do, as its host tells it: a file in its
// initramfs.

#ifndef PIDLAB_TOOL_VM_TASK_H_
#define PIDLAB_TOOL_VM_TASK_H_

#include <string>
#include <vector>

namespace pidlab {

// Where the file is.
inline constexpr const char* kTaskFile = "/pidlab-task.json";

// The working folder of the command. What is in it at the end is a result.
inline constexpr const char* kWorkFolder = "/work";

// The serial ports of a machine: what the kernel says, and the frames.
inline constexpr const char* kConsolePort = "ttyS0";
inline constexpr const char* kFramesPort = "ttyS1";

struct Task {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "TERM=xterm"
  bool terminal = false;  // the command gets one; otherwise pipes

  friend bool operator==(const Task&, const Task&) = default;
};

// Runs a command with pipes; no command at all is a shell. It gets what of this
// process's environment means something in a machine.
Task TaskFor(std::vector<std::string> command);

std::string ToText(const Task& task);
// Throws a std::exception when it is no task.
Task TaskFromText(const std::string& text);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_TASK_H_
