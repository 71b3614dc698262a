// May be called inside ON(). The capabilities of the calling thread
// (capabilities(7)).

#ifndef PIDLAB_LIB_LINUX_CAPABILITIES_H_
#define PIDLAB_LIB_LINUX_CAPABILITIES_H_

#include <cstdint>

#include "lib/linux/sys.h"

namespace pidlab {

// The set that has only this capability, for example Capability(CAP_SYS_ADMIN).
// The numbers are those of <linux/capability.h>.
constexpr uint64_t Capability(int number) { return uint64_t{1} << number; }

// <linux/capability.h> has it since Linux 5.9.
inline constexpr int kCapCheckpointRestore = 40;

// capget(2): the effective capabilities.
Sys<uint64_t> EffectiveCapabilities();

// capset(2): gives up all capabilities but these, for good. EPERM if the caller
// does not have them. A program that uid 0 executes gets all of them back,
// unless PR_SET_NO_NEW_PRIVS forbids it.
Sys<int> KeepCapabilities(uint64_t kept);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_CAPABILITIES_H_
