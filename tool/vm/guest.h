// The init of a virtual machine: it makes a usual Linux system of the
// initramfs, runs one command, and sends the host what the command prints and
// writes, and how it ends.

#ifndef PIDLAB_TOOL_VM_GUEST_H_
#define PIDLAB_TOOL_VM_GUEST_H_

namespace pidlab {

// The word by which pidlab knows that it is such an init: its only argument.
inline constexpr const char* kGuestCommand = "vm-init";

// Never returns in a machine: its host switches it off. Elsewhere it touches
// nothing, and throws Error.
void BeGuest();

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_GUEST_H_
