// The namespaces that are measured: each type, and the usual combinations.

#ifndef PIDLAB_BENCHMARKS_GROUPS_NAMESPACES_H_
#define PIDLAB_BENCHMARKS_GROUPS_NAMESPACES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace pidlab {

struct NamespaceSet {
  std::string name;  // "USER|PID"
  uint64_t flags = 0;
  std::string needs = {};  // what kernel or leave it takes
  std::string to_run = {};
};

// The eight types, as in namespaces(7), then the combinations.
const std::vector<NamespaceSet>& NamespaceSets();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_NAMESPACES_H_
