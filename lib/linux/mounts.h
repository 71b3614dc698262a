// May be called inside ON(). Mounts file systems in the caller's own mount
// namespace. Each call has a guard: it fails with EPERM if the caller is in the
// mount namespace `foreign`, for example that of the host, in which nothing may
// be changed (mount_namespaces(7)).

#ifndef PIDLAB_LIB_LINUX_MOUNTS_H_
#define PIDLAB_LIB_LINUX_MOUNTS_H_

#include "lib/linux/procfs.h"
#include "lib/linux/sys.h"

namespace pidlab {

// /proc/self/ns/mnt
Sys<NamespaceId> OwnMounts();

// Whether the caller may mount: it is in another mount namespace than
// `foreign`. False if that cannot be found out.
bool HasOtherMountsThan(NamespaceId foreign);

// Makes all mounts private: MS_REC | MS_PRIVATE on /. Nothing that is mounted
// in the caller's mount namespace from now on is seen in another one.
Sys<int> MakeMountsPrivate(NamespaceId foreign);

// Makes all mounts shared, as systemd does: MS_REC | MS_SHARED on /. What is
// mounted in a copy of the mount namespace is then mounted in the caller's as
// well, unless the copy is made private.
Sys<int> MakeMountsShared(NamespaceId foreign);

// mount -t proc -o OPTIONS proc PLACE, after MakeMountsPrivate(). It shows the
// caller's own PID namespace.
Sys<int> MountProc(NamespaceId foreign, const char* place = "/proc",
                   const char* options = nullptr);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_MOUNTS_H_
