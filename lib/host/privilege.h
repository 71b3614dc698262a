// Finds the privilege with which namespaces can be created: the caller's own,
// or that of root in a new user namespace. It is tried, and never computed from
// the uid, the capabilities or the kernel's version. What the namespaces are
// for, and how they are created, is up to the caller.

#ifndef PIDLAB_LIB_HOST_PRIVILEGE_H_
#define PIDLAB_LIB_HOST_PRIVILEGE_H_

#include <sched.h>

#include <cstdint>
#include <functional>
#include <string>

namespace pidlab {

enum class Privilege { kOwn, kInUserNamespace };

// The flag of clone3(2) that this privilege needs, besides those of the
// namespaces.
constexpr uint64_t CloneFlags(Privilege privilege) {
  return privilege == Privilege::kOwn ? 0 : CLONE_NEWUSER;
}

struct PrivilegeTried {
  Privilege privilege = Privilege::kOwn;  // the last one that was tried
  int err = 0;                            // 0: it is enough
  std::string probed;  // "clone3(CLONE_NEWPID) -> EPERM (...), ..."

  bool ok() const { return err == 0; }
};

// Calls `create` with the flags of clone3(2) for these namespaces: first with
// the caller's own privilege, unless `own` is false; and if that fails with
// EPERM or was left out, with a new user namespace as well. `create` returns 0
// or the errno of clone3(2).
PrivilegeTried TryPrivileges(uint64_t namespaces, bool own,
                             const std::function<int(uint64_t flags)>& create);

// For a message to a user who has neither privilege: what is needed, and how to
// get it.
inline constexpr const char* kPrivilegeNeeded =
    "CAP_SYS_ADMIN, or permission to create a user namespace";
inline constexpr const char* kPrivilegeToRun =
    "run it as root, or allow user namespaces (sysctl "
    "user.max_user_namespaces; a container's seccomp profile)";

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_PRIVILEGE_H_
