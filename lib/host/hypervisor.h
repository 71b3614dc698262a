// The hypervisor that this kernel runs on, if it does not run on bare metal. A
// hypervisor changes how long things take.

#ifndef PIDLAB_LIB_HOST_HYPERVISOR_H_
#define PIDLAB_LIB_HOST_HYPERVISOR_H_

#include <string>
#include <string_view>

namespace pidlab {

// The name of QEMU when it emulates the processor without help from the
// hardware.
inline constexpr std::string_view kSoftwareEmulation = "TCGTCGTCGTCG";

// A word on the command line of a kernel (proc(5), /proc/cmdline). It says that
// the machine was booted to run this program, and nothing else.
inline constexpr std::string_view kVmKernelArgument = "pidlab.vm";

// What cpuid calls the hypervisor: "KVMKVMKVM", for example. "" on bare metal,
// and on processors that have no cpuid.
std::string HypervisorName();

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_HYPERVISOR_H_
