#include "benchmarks/groups/creation.h"

#include "benchmarks/harness/bare_child.h"
#include "lib/host/names.h"
#include "lib/linux/clone.h"

namespace pidlab {

Operation Creation(uint64_t flags) {
  return Timed("clone3(" + CloneFlagNames(flags) + "), wait",
               [flags] { return CreateAndReap(flags); });
}

}  // namespace pidlab
