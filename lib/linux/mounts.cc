#include "lib/linux/mounts.h"

#include <sys/mount.h>

namespace pidlab {

Sys<NamespaceId> OwnMounts() { return ReadNamespace("/proc/self/ns/mnt"); }

bool HasOtherMountsThan(NamespaceId foreign) {
  const Sys<bool> same = LeadsTo("/proc/self/ns/mnt", foreign);
  return same.ok() && !same.value;
}

Sys<int> MakeMountsPrivate(NamespaceId foreign) {
  if (!HasOtherMountsThan(foreign)) return Sys<int>::Failed(EPERM);
  return FromErrno(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
}

Sys<int> MakeMountsShared(NamespaceId foreign) {
  if (!HasOtherMountsThan(foreign)) return Sys<int>::Failed(EPERM);
  return FromErrno(mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr));
}

Sys<int> MountProc(NamespaceId foreign, const char* place,
                   const char* options) {
  const Sys<int> made_private = MakeMountsPrivate(foreign);
  if (!made_private.ok()) return made_private;
  return FromErrno(
      mount("proc", place, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, options));
}

}  // namespace pidlab
