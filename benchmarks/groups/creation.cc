#include "benchmarks/groups/creation.h"

#include "benchmarks/groups/bare_child.h"
#include "lib/host/names.h"

namespace pidlab {

Operation Creation(uint64_t flags) {
  return Timed("clone3(" + CloneFlagNames(flags) + "), wait",
               [flags] { return CreateAndReap(flags); });
}

}  // namespace pidlab
