// Where the cgroups of the caller are mounted, for both versions of cgroups
// (cgroups(7)). limits.h reads what they limit.

#ifndef PIDLAB_BENCHMARKS_HARNESS_CGROUPS_H_
#define PIDLAB_BENCHMARKS_HARNESS_CGROUPS_H_

#include <string>
#include <vector>

namespace pidlab {

// The directories of the cgroups that the caller is in and that may limit it,
// from its own to the outermost that it can see: first those of `controller`
// ("memory") in version 1, then those of version 2. The arguments are the texts
// of /proc/self/cgroup and /proc/self/mountinfo.
std::vector<std::string> CgroupDirectories(const std::string& cgroup,
                                           const std::string& mountinfo,
                                           const std::string& controller);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_CGROUPS_H_
