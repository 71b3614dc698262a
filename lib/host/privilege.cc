#include "lib/host/privilege.h"

#include <cerrno>

#include "lib/host/names.h"

namespace pidlab {

PrivilegeTried TryPrivileges(uint64_t namespaces, bool own,
                             const std::function<int(uint64_t flags)>& create) {
  PrivilegeTried tried;
  const auto attempt = [&](Privilege privilege) {
    const uint64_t flags = CloneFlags(privilege) | namespaces;
    tried.privilege = privilege;
    tried.err = create(flags);
    tried.probed += (tried.probed.empty() ? "clone3(" : ", clone3(") +
                    CloneFlagNames(flags) + ") -> " + DescribeErrno(tried.err);
  };
  if (own) attempt(Privilege::kOwn);
  if (!own || tried.err == EPERM) attempt(Privilege::kInUserNamespace);
  return tried;
}

}  // namespace pidlab
