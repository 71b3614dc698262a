// CpioArchive is an initramfs as the kernel unpacks it: a cpio archive in the
// format "newc", without compression (Documentation/driver-api/early-userspace/
// buffer-format.rst). It knows nothing of what an initramfs needs.

#ifndef PIDLAB_TOOL_VM_CPIO_H_
#define PIDLAB_TOOL_VM_CPIO_H_

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace pidlab {

// Everything in it belongs to root. Paths begin with "/". The folders above a
// path are added automatically (0755). A path that is already there is not
// added again.
class CpioArchive {
 public:
  void AddFolder(const std::string& path, mode_t permissions = 0755);
  void AddFile(const std::string& path, std::string_view contents,
               mode_t permissions = 0644);
  void AddLink(const std::string& path, std::string_view target);
  void AddCharacterDevice(const std::string& path, unsigned major,
                          unsigned minor, mode_t permissions = 0600);

  bool Has(const std::string& path) const { return paths_.contains(path); }

  // The whole archive, with its trailer.
  std::string Bytes() const;

 private:
  void Add(const std::string& path, mode_t mode, std::string_view contents,
           unsigned major = 0, unsigned minor = 0);

  std::set<std::string> paths_;
  std::string bytes_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_CPIO_H_
