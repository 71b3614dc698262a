// May be called inside ON(). Maps the users of a new user namespace
// (user_namespaces(7)).

#ifndef PIDLAB_LIB_LINUX_USER_NAMESPACE_H_
#define PIDLAB_LIB_LINUX_USER_NAMESPACE_H_

#include <sys/types.h>

#include "lib/linux/sys.h"

namespace pidlab {

// Maps uid 0 and gid 0 of the caller's own, still unmapped, user namespace to
// these of its parent, and nothing else; setgroups(2) is given up for it. EPERM
// or EACCES if the caller is not allowed to: since Linux 5.12 that needs
// CAP_SETFCAP when `uid` is 0 there.
Sys<int> MapRootTo(uid_t uid, gid_t gid);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_USER_NAMESPACE_H_
