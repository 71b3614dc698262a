// The operation that most pairs are made of: a bare child is made, ends at
// once, and is reaped. The child itself is in bare_child.h.

#ifndef PIDLAB_BENCHMARKS_GROUPS_CREATION_H_
#define PIDLAB_BENCHMARKS_GROUPS_CREATION_H_

#include <cstdint>

#include "benchmarks/harness/operation.h"

namespace pidlab {

// With these flags of clone3(2). It is described as
// "clone3(CLONE_VM|CLONE_VFORK|CLONE_NEWPID), wait".
Operation Creation(uint64_t flags);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_CREATION_H_
