#include "lib/linux/capabilities.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pidlab {

Sys<uint64_t> EffectiveCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3]{};
  const long result = syscall(SYS_capget, &header, half);
  return {half[0].effective | uint64_t{half[1].effective} << 32,
          result == 0 ? 0 : errno};
}

Sys<int> KeepCapabilities(uint64_t kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  for (auto& word : data) {
    const auto half = static_cast<uint32_t>(kept);
    word = {half, half, half};
    kept >>= 32;
  }
  return FromErrno(static_cast<int>(syscall(SYS_capset, &header, data)));
}

}  // namespace pidlab
