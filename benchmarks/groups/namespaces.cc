#include "benchmarks/groups/namespaces.h"

namespace pidlab {
namespace {

constexpr uint64_t kPidMounts = CLONE_NEWPID | CLONE_NEWNS;
constexpr uint64_t kAll = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS |
                          CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWNET |
                          CLONE_NEWCGROUP | CLONE_NEWTIME;

NamespaceSet Set(const char* name, uint64_t flags, const char* kernel) {
  return {name, flags, std::string("namespaces ") + name + " (" + kernel + ")",
          "such a kernel, configured with them, and permission to create them"};
}

}  // namespace

const std::vector<NamespaceSet>& NamespaceSets() {
  static const std::vector<NamespaceSet> sets = {
      Set("PID", CLONE_NEWPID, "Linux 2.6.24"),
      Set("UTS", CLONE_NEWUTS, "Linux 2.6.19"),
      Set("CGROUP", CLONE_NEWCGROUP, "Linux 4.6"),
      Set("TIME", CLONE_NEWTIME, "Linux 5.6"),
      Set("USER", CLONE_NEWUSER, "Linux 3.8"),
      Set("IPC", CLONE_NEWIPC, "Linux 2.6.19"),
      Set("NS", CLONE_NEWNS, "Linux 2.4.19"),
      Set("NET", CLONE_NEWNET, "Linux 2.6.29"),
      Set("PID|NS", kPidMounts, "Linux 2.6.24"),
      Set("USER|PID", CLONE_NEWUSER | CLONE_NEWPID, "Linux 3.8"),
      Set("USER|PID|NS", CLONE_NEWUSER | kPidMounts, "Linux 3.8"),
      Set("all eight", kAll, "Linux 5.6"),
  };
  return sets;
}

}  // namespace pidlab
