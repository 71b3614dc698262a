// A new process for each sample. What unshare(2) and setns(2) have done to a
// process cannot always be undone, so a second call in the same process would
// be a different operation. What the process does is timed; creating and
// reaping it are not.

#ifndef PIDLAB_BENCHMARKS_GROUPS_FRESH_PROCESS_H_
#define PIDLAB_BENCHMARKS_GROUPS_FRESH_PROCESS_H_

#include <functional>
#include <string>

#include "benchmarks/harness/operation.h"
#include "lib/linux/sys.h"

namespace pidlab {

// The time that `run` takes in a process that has only done `warm_up` before.
// `warm_up` has to touch the code and the memory that `run` needs, which are
// not mapped yet. A sample fails with ECHILD if that process is killed.
Operation TimedInFreshProcess(std::string ran,
                              std::function<Sys<int>()> warm_up,
                              std::function<Sys<int>()> run);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_GROUPS_FRESH_PROCESS_H_
