// May be called inside ON(). Makes sure that no process is left behind: a child
// dies with its parent, and a parent can prove that none of its children is
// left.

#ifndef PIDLAB_LIB_LINUX_CHILDREN_H_
#define PIDLAB_LIB_LINUX_CHILDREN_H_

#include "lib/linux/deadline.h"
#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

// From now on the caller is killed when the thread that created it ends, also
// after execve(2) (PR_SET_PDEATHSIG in prctl(2)). `parent` is a pidfd of its
// parent: if the parent has already died, the caller exits at once.
Sys<int> DieWithParent(const Fd& parent);

// From now on, a process that is orphaned below the caller becomes its child
// (PR_SET_CHILD_SUBREAPER in prctl(2)).
Sys<int> AdoptOrphans();

// Reaps every child until the caller has none, which only ECHILD of waitid(2)
// proves. Returns false if the deadline passes first. Blocks SIGCHLD.
bool AwaitNoChildren(const Deadline& deadline);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_CHILDREN_H_
