// The processes of a trial as a table: whose child each is, by birth or by
// adoption, and its PID in every namespace that is there. It shows, it does not
// watch: a process that ends a moment later is still in it.

#ifndef PIDLAB_LIB_REPORT_PROCESS_TREE_H_
#define PIDLAB_LIB_REPORT_PROCESS_TREE_H_

#include <string>

#include "lib/handout/handout.h"
#include "lib/trial/chamber.h"

namespace pidlab {

// Lines, each with its end. With `real_pids` there is a column more: the PIDs
// by which another terminal of the user knows the processes.
std::string ProcessTree(const Chamber& chamber, bool real_pids,
                        Language language);

}  // namespace pidlab

#endif  // PIDLAB_LIB_REPORT_PROCESS_TREE_H_
