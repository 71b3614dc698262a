#include "lib/host/hypervisor.h"

#include <cstring>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace pidlab {

// Leaf 1 of cpuid says whether there is a hypervisor. A hypervisor puts its
// name into leaf 0x40000000, which no processor itself has.
std::string HypervisorName() {
#if defined(__x86_64__) || defined(__i386__)
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kUnderHypervisor = 1U << 31;
  __cpuid(1, eax, ebx, ecx, edx);
  if ((ecx & kUnderHypervisor) == 0) return "";
  __cpuid(0x40000000, eax, ebx, ecx, edx);
  char name[sizeof(ebx) + sizeof(ecx) + sizeof(edx) + 1] = {};
  for (char* end = name; const unsigned part : {ebx, ecx, edx}) {
    std::memcpy(end, &part, sizeof(part));
    end += sizeof(part);
  }
  return name[0] == '\0' ? "unknown" : name;
#else
  return "";
#endif
}

}  // namespace pidlab
