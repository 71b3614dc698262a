// The children of the calling process, all of them: for who has to prove that
// none is left.

#ifndef PIDLAB_LIB_LINUX_CHILDREN_H_
#define PIDLAB_LIB_LINUX_CHILDREN_H_

#include "lib/linux/deadline.h"
#include "lib/linux/sys.h"

namespace pidlab {

// From now on, who is orphaned below the caller becomes its child
// (PR_SET_CHILD_SUBREAPER in prctl(2)).
Sys<int> AdoptOrphans();

// Reaps every child until the caller has none, which only waitid(2) with ECHILD
// proves. False if the deadline has passed before. Blocks SIGCHLD.
bool AwaitNoChildren(const Deadline& deadline);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_CHILDREN_H_
