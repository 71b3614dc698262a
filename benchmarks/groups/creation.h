// The operation of most pairs: a bare child (see bare_child.h) is made, ends at
// once, and is reaped.

#ifndef PIDLAB_BENCHMARKS_GROUPS_CREATION_H_
#define PIDLAB_BENCHMARKS_GROUPS_CREATION_H_

#include <cstdint>

#include "benchmarks/harness/operation.h"

namespace pidlab {

// The operation with these flags of clone3(2). It is described as
// "clone3(CLONE_VM|CLONE_VFORK|CLONE_NEWPID), wait".
Operation Creation(uint64_t flags);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_CREATION_H_
