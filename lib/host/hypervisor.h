// What this kernel runs on, if that is no bare metal: code that measures or
// waits has to know it.

#ifndef PIDLAB_LIB_HOST_HYPERVISOR_H_
#define PIDLAB_LIB_HOST_HYPERVISOR_H_

#include <string>
#include <string_view>

namespace pidlab {

// QEMU, where no hardware helps it.
inline constexpr std::string_view kSoftwareEmulation = "TCGTCGTCGTCG";

// Stands on the command line (proc(5), /proc/cmdline) of a kernel that `pidlab
// vm` has booted.
inline constexpr std::string_view kVmKernelArgument = "pidlab.vm";

// What cpuid calls the hypervisor, "KVMKVMKVM" say; "" on bare metal, and on
// processors that have no cpuid.
std::string HypervisorName();

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_HYPERVISOR_H_
