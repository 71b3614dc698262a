// What a virtual machine has to do. Its host puts it into a file in the
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

// The serial ports of a machine: for the kernel's console, and for the frames.
inline constexpr const char* kConsolePort = "ttyS0";
inline constexpr const char* kFramesPort = "ttyS1";

struct Task {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "TERM=xterm"
  bool terminal = false;  // the command gets one; otherwise pipes

  friend bool operator==(const Task&, const Task&) = default;
};

// A task that runs a command with pipes, or a shell if `command` is empty. It
// gets the part of this process's environment that is useful in a machine.
Task TaskFor(std::vector<std::string> command);

std::string ToText(const Task& task);
// Throws a std::exception if it is not a task.
Task TaskFromText(const std::string& text);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_TASK_H_
