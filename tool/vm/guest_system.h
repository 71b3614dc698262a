// What an init has to set up in an initramfs before anything else can run.

#ifndef PIDLAB_TOOL_VM_GUEST_SYSTEM_H_
#define PIDLAB_TOOL_VM_GUEST_SYSTEM_H_

namespace pidlab {

// Mounts /proc, /dev, /sys and so on, and gives the machine a name, so that it
// is like other Linux systems. This is only for the init of a virtual machine;
// the caller makes sure that it is one. Throws Error.
void MakeUsualSystem();

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_GUEST_SYSTEM_H_
