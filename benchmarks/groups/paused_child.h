// Processes that do nothing but wait to be killed. They share the caller's
// memory and do not touch it, so that they cost only the kernel's work for a
// process, and not for its memory. The caller has to kill and reap them.

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

// Makes as many children as `pids` has room for, by clone3(2) with CLONE_VM and
// these flags. They have begun to pause when it returns. If it fails, the
// children that were made stay.
Sys<int> MakePaused(uint64_t flags, std::span<pid_t> pids);

// Makes a PID namespace of this many paused processes, including its init,
// which is the parent of the others. Returns the PID of the init. If it fails,
// no process is left.
Sys<pid_t> MakePausedNamespace(int processes);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_PAUSED_CHILD_H_
