// Where fetched kernels are kept, and how one gets there: one process at a time
// has the workshop, and what is unfinished is gone with it. If it was killed,
// the next one clears it away.

#ifndef PIDLAB_TOOL_VM_KERNEL_CACHE_H_
#define PIDLAB_TOOL_VM_KERNEL_CACHE_H_

#include <filesystem>

#include "lib/linux/fd.h"

namespace pidlab {

// $XDG_CACHE_HOME/pidlab, or ~/.cache/pidlab; empty if neither is known (XDG
// Base Directory Specification).
std::filesystem::path CacheFolder();

// In it, the folder of the kernels: "vmlinuz-6.1.0-9-cloud-amd64".
std::filesystem::path KernelsFolder();
inline constexpr const char* kKernelPrefix = "vmlinuz-";

class KernelWorkshop {
 public:
  // Waits for those who have it, with a word on stderr (flock(2)). Throws
  // Error if the cache cannot be written to, Interrupted when
  // `interrupt_fd` becomes readable.
  explicit KernelWorkshop(int interrupt_fd);
  ~KernelWorkshop();
  KernelWorkshop(const KernelWorkshop&) = delete;
  KernelWorkshop& operator=(const KernelWorkshop&) = delete;

  // For what is unfinished; empty at first, and removed in the end.
  const std::filesystem::path& drafts() const { return drafts_; }

 private:
  std::filesystem::path drafts_;
  Fd lock_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_KERNEL_CACHE_H_
