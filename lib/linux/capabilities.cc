#include "lib/linux/capabilities.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pidlab {

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
