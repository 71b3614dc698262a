// The one command of a virtual machine, as its init runs it.

#ifndef PIDLAB_TOOL_VM_GUEST_COMMAND_H_
#define PIDLAB_TOOL_VM_GUEST_COMMAND_H_

#include "lib/linux/ending.h"
#include "tool/vm/port.h"
#include "tool/vm/task.h"

namespace pidlab {

// Runs the command of the task in the working folder until it has ended and
// what it has printed is sent. Meanwhile it does what the host says, gives a
// sign of life every second, and reaps orphans, as an init has to. Throws
// Error.
Ending ServeCommand(const Task& task, Port& port);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_GUEST_COMMAND_H_
