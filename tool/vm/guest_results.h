// Sends the host the files that the command of a virtual machine has written.

#ifndef PIDLAB_TOOL_VM_GUEST_RESULTS_H_
#define PIDLAB_TOOL_VM_GUEST_RESULTS_H_

#include <ctime>

#include "tool/vm/port.h"

namespace pidlab {

// Sends every file below the working folder, and the paths of files that were
// written elsewhere since `begin`.
void SendResults(Port& port, const timespec& begin);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_GUEST_RESULTS_H_
