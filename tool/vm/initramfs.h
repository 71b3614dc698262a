// The root file system of a virtual machine. It is made when it is needed: this
// program as the init, and the programs that the labs use, with their
// libraries, as far as this machine has them.

#ifndef PIDLAB_TOOL_VM_INITRAMFS_H_
#define PIDLAB_TOOL_VM_INITRAMFS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tool/vm/task.h"

namespace pidlab {

// The path of the init in it, which is a copy of this program.
inline constexpr const char* kGuestInit = "/usr/bin/pidlab";

// A cpio archive for the kernel. Throws Error.
std::string MakeInitramfs(const Task& task);

// The paths of the libraries in what `ld.so --list` prints, the loader's own
// among them (ld.so(8)).
std::vector<std::string> LibrariesIn(std::string_view list);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_INITRAMFS_H_
