// With which privilege the caller creates namespaces: its own, or that of root
// in a new user namespace. It is tried, and never computed from the uid, the
// capabilities or the kernel's version. What the namespaces are for, and how
// they are created, is up to the caller.

#ifndef PIDLAB_LIB_HOST_PRIVILEGE_H_
#define PIDLAB_LIB_HOST_PRIVILEGE_H_

#include <sched.h>

#include <cstdint>
#include <functional>
#include <string>

namespace pidlab {

enum class Privilege { kOwn, kInUserNamespace };

// The flag of clone3(2) that it takes, besides those of the namespaces.
constexpr uint64_t CloneFlags(Privilege privilege) {
  return privilege == Privilege::kOwn ? 0 : CLONE_NEWUSER;
}

struct PrivilegeTried {
  Privilege privilege = Privilege::kOwn;  // the last that was tried
  int err = 0;                            // 0: it is enough
  std::string probed;  // "clone3(CLONE_NEWPID) -> EPERM (...), ..."

  bool ok() const { return err == 0; }
};

// Calls `create` with the flags of clone3(2) for these namespaces: as the
// caller is, unless `own` is false; and where that is EPERM, once more with a
// user namespace around them. `create` returns 0 or the errno of clone3(2).
PrivilegeTried TryPrivileges(uint64_t namespaces, bool own,
                             const std::function<int(uint64_t flags)>& create);

// For whoever has neither: what it takes, and how to get it.
inline constexpr const char* kPrivilegeNeeded =
    "CAP_SYS_ADMIN, or permission to create a user namespace";
inline constexpr const char* kPrivilegeToRun =
    "run it as root, or allow user namespaces (sysctl "
    "user.max_user_namespaces; a container's seccomp profile)";

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_PRIVILEGE_H_
