// Where the cgroups of the caller are mounted, whichever of the two versions
// they are (cgroups(7)). What they limit is in limits.h.

#ifndef PIDLAB_BENCHMARKS_HARNESS_CGROUPS_H_
#define PIDLAB_BENCHMARKS_HARNESS_CGROUPS_H_

#include <string>
#include <vector>

namespace pidlab {

// The directories of the cgroups that the caller is in and that may limit it,
// from its own to the outermost that it can see: first those of `controller`
// ("memory") in version 1, then those of version 2. The texts are
// /proc/self/cgroup and /proc/self/mountinfo.
std::vector<std::string> CgroupDirectories(const std::string& cgroup,
                                           const std::string& mountinfo,
                                           const std::string& controller);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_CGROUPS_H_
