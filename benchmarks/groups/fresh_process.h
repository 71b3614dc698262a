// A process for a single sample: what unshare(2) and setns(2) have done to a
// process cannot always be undone, so that a second call in it would be another
// operation. What the process does is timed; creating and reaping it are not.

#ifndef PIDLAB_BENCHMARKS_GROUPS_FRESH_PROCESS_H_
#define PIDLAB_BENCHMARKS_GROUPS_FRESH_PROCESS_H_

#include <functional>
#include <string>

#include "benchmarks/harness/operation.h"
#include "lib/linux/sys.h"

namespace pidlab {

// The time that `run` takes in a process that has done nothing before but
// `warm_up`, which is to touch the code and the memory that `run` needs: they
// are not mapped yet. A sample fails with ECHILD if that process is killed.
Operation TimedInFreshProcess(std::string ran,
                              std::function<Sys<int>()> warm_up,
                              std::function<Sys<int>()> run);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_FRESH_PROCESS_H_
