// Finds the privilege with which a run can measure, before it begins, in a
// child that is gone afterwards.

#ifndef PIDLAB_BENCHMARKS_HARNESS_FIND_PRIVILEGE_H_
#define PIDLAB_BENCHMARKS_HARNESS_FIND_PRIVILEGE_H_

#include <string>

#include "lib/host/privilege.h"

namespace pidlab {

// Whether the caller can create PID and mount namespaces with its own uid, or
// else as root of a user namespace, in which it maps its own uid.
PrivilegeTried FindPrivilege();

// "as uid 0", "in a user namespace of uid 1000"
std::string PrivilegeText(Privilege privilege);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_FIND_PRIVILEGE_H_
