#include "benchmarks/harness/find_privilege.h"

#include <sched.h>
#include <unistd.h>

#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/user_namespace.h"

namespace pidlab {

PrivilegeTried FindPrivilege() {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  Ending ending;
  PrivilegeTried tried = TryPrivileges(
      CLONE_NEWPID | CLONE_NEWNS, true, [&, uid, gid](uint64_t flags) {
        const bool to_map = (flags & CLONE_NEWUSER) != 0;
        const Sys<Ending> child = InChild(flags, [to_map, uid, gid] {
          return to_map ? MapRootTo(uid, gid).err : 0;
        });
        ending = child.value;
        return child.err;
      });
  if (tried.ok() && ending != Exited(0)) {
    tried.err = EPERM;
    tried.probed += ", /proc/self/uid_map -> " + DescribeErrno(ending.number);
  }
  return tried;
}

std::string PrivilegeText(Privilege privilege) {
  const std::string uid = "uid " + std::to_string(geteuid());
  return privilege == Privilege::kOwn ? "as " + uid
                                      : "in a user namespace of " + uid;
}

}  // namespace pidlab
