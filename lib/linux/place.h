// May be called inside ON(). Where a process stands among the PID namespaces,
// by two accounts of the kernel. It is the double guard of calls that would hit
// the whole machine if the caller stood anywhere else than it believes:
// kill(-1), kill(0), reboot(2).

#ifndef PIDLAB_LIB_LINUX_PLACE_H_
#define PIDLAB_LIB_LINUX_PLACE_H_

#include <cstddef>

#include "lib/linux/procfs.h"
#include "lib/linux/sys.h"

namespace pidlab {

struct Place {
  NamespaceId pid_namespace;  // /proc/self/ns/pid
  size_t level = 0;           // NSpid of /proc/self/status: 1 is that of /proc
};

// The caller's. The /proc that is mounted must show the caller.
Sys<Place> OwnPlace();

// Whether the caller is exactly one level below `outside`, in another
// namespace. If it cannot be told, no.
bool IsOneLevelBelow(const Place& outside);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_PLACE_H_
