#include "benchmarks/creation.h"

#include "benchmarks/bare_child.h"
#include "lib/linux/clone.h"

namespace pidlab {

Operation Creation(uint64_t flags) {
  return Timed("clone3(" + CloneFlagNames(flags) + "), wait",
               [flags] { return CreateAndReap(flags); });
}

}  // namespace pidlab
