// May be called inside ON(). The place of a process among the PID namespaces,
// which the kernel reports in two ways. Both are checked, as a double guard for
// calls that would affect the whole machine if the caller were in another
// namespace than it believes: kill(-1), kill(0), reboot(2).

#ifndef PIDLAB_LIB_LINUX_PLACE_H_
#define PIDLAB_LIB_LINUX_PLACE_H_

#include <cstddef>

#include "lib/linux/procfs.h"
#include "lib/linux/sys.h"

namespace pidlab {

struct Place {
  NamespaceId pid_namespace;  // /proc/self/ns/pid
  // How many PIDs NSpid of /proc/self/status has. 1: the process is in the
  // namespace of /proc.
  size_t level = 0;
};

// The place of the caller. The /proc that is mounted must show the caller.
Sys<Place> OwnPlace();

// Whether the caller is exactly one level below `outside`, in another
// namespace. False if that cannot be found out.
bool IsOneLevelBelow(const Place& outside);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_PLACE_H_
