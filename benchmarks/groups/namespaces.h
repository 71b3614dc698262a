// The namespaces that are measured: each type, and the usual combinations. The
// groups create them.

#ifndef PIDLAB_BENCHMARKS_GROUPS_NAMESPACES_H_
#define PIDLAB_BENCHMARKS_GROUPS_NAMESPACES_H_

#include <sched.h>

#include <cstdint>
#include <string>
#include <vector>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080  // Linux 5.6
#endif

namespace pidlab {

struct NamespaceSet {
  std::string name;  // "USER|PID"
  uint64_t flags = 0;
  std::string needs = {};  // which kernel and permission
  std::string to_run = {};
};

// The eight types, as in namespaces(7), then the combinations.
const std::vector<NamespaceSet>& NamespaceSets();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_NAMESPACES_H_
