// Processes that do nothing but wait to be killed. They share the caller's
// memory and touch none of it, so that what they cost is the kernel's work for
// a process, and not for its memory. To kill and reap them is up to the caller.

#ifndef PIDLAB_BENCHMARKS_GROUPS_PAUSED_CHILD_H_
#define PIDLAB_BENCHMARKS_GROUPS_PAUSED_CHILD_H_

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "lib/linux/sys.h"

namespace pidlab {

// The kernel's memory for one of them with a PID namespace of its own: a
// thread's stack of 16 KiB, and the structures.
inline constexpr int64_t kPausedBytes = int64_t{32} << 10;

// clone3(2): as many children as there is room for in `pids`, with these flags
// besides CLONE_VM. They have begun to pause when it returns. If it fails, the
// children that could be made stay.
Sys<int> MakePaused(uint64_t flags, std::span<pid_t> pids);

// A new PID namespace of that many of them, its init included, which is the
// parent of the others. Returns the PID of the init. If it fails, no process is
// left.
Sys<pid_t> MakePausedNamespace(int processes);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_PAUSED_CHILD_H_
