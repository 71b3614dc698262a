// The cheapest possible process: it is made by clone3(2), and all it does is
// exit(2). It touches no memory, so that what is measured is the kernel's work,
// and not the page faults of a child that calls libc.

#ifndef PIDLAB_BENCHMARKS_GROUPS_BARE_CHILD_H_
#define PIDLAB_BENCHMARKS_GROUPS_BARE_CHILD_H_

#include <sched.h>
#include <sys/types.h>

#include <cstdint>

#include "lib/linux/sys.h"

namespace pidlab {

// The flags of vfork(2): the child shares the caller's memory, and the caller
// waits until it has ended.
inline constexpr uint64_t kVfork = CLONE_VM | CLONE_VFORK;
// The flags of fork(2): the child gets a copy-on-write copy of the caller's
// memory.
inline constexpr uint64_t kCopyOnWrite = 0;

// clone3(2): a child that exits with 0, to be waited for with Reap().
Sys<pid_t> BareChild(uint64_t flags);

// The same child, but it reads the CPU's time stamp counter first, and stores
// the count as the offset of the file `stamp_fd`, which it shares with the
// caller (lseek(2)), so that this child does not touch memory, either.
Sys<pid_t> BareChildWithStamp(uint64_t flags, int stamp_fd);

// The same as BareChild(), but by clone(2), which has no room for
// CLONE_NEWTIME.
Sys<pid_t> BareChildByClone(uint64_t flags);

// Waits for this child. ECHILD if it did not exit with 0, or if it is not a
// child of the caller.
Sys<int> Reap(pid_t pid);

// BareChild(), then Reap().
Sys<int> CreateAndReap(uint64_t flags);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_BARE_CHILD_H_
