// Common constants of the pairs that need many resources at once: how much they
// need, and what they print if there is too little.

#ifndef PIDLAB_BENCHMARKS_GROUPS_ROOM_H_
#define PIDLAB_BENCHMARKS_GROUPS_ROOM_H_

#include <cstdint>

namespace pidlab {

// A PID namespace counts until 20 to 50 ms after the end of its last process.
// If one CPU makes one after the other, this many are not gone yet.
inline constexpr int64_t kDyingPidNamespaces = 2000;

// For Pair::needs and Pair::to_run. The limits of user namespaces and of
// cgroups around the caller's own cannot be read, so perhaps only the first
// sample meets them.
inline constexpr const char* kRoomNeeded = "room for as much at once";
inline constexpr const char* kRoomToRun =
    "higher limits around its user namespace and its cgroup";

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_ROOM_H_
