// The init of a virtual machine: it turns the initramfs into a usual Linux
// system, runs one command, and sends the host what the command prints and
// writes, and how it ends.

#ifndef PIDLAB_TOOL_VM_GUEST_H_
#define PIDLAB_TOOL_VM_GUEST_H_

namespace pidlab {

// The only argument of pidlab when it is such an init.
inline constexpr const char* kGuestCommand = "vm-init";

// Never returns in a machine: the host switches the machine off. Elsewhere it
// changes nothing, and throws Error.
void RunAsMachinesInit();

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_GUEST_H_
