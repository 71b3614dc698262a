// The operation that most pairs are made of: a bare child is made, ends at
// once, and is reaped.

#ifndef PIDLAB_BENCHMARKS_GROUPS_CREATION_H_
#define PIDLAB_BENCHMARKS_GROUPS_CREATION_H_

#include <cstdint>

#include "benchmarks/harness/operation.h"

namespace pidlab {

// "clone3(CLONE_VM|CLONE_VFORK|CLONE_NEWPID), wait", for such flags.
Operation Creation(uint64_t flags);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_CREATION_H_
