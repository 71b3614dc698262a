#include "tool/vm/cpio.h"

#include <fmt/core.h>
#include <sys/stat.h>

namespace pidlab {
namespace {

constexpr size_t kAlignment = 4;  // of the end of a name, and of the contents

void Align(std::string& bytes) {
  bytes.resize((bytes.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
}

struct Entry {
  size_t inode;  // different for each entry: there are no hard links
  mode_t mode;
  unsigned major = 0;  // of a device
  unsigned minor = 0;
};

void Append(std::string& bytes, const Entry& entry, std::string_view name,
            std::string_view contents) {
  constexpr int kLinks = 1;
  // Magic, inode, mode, uid, gid, links, time, size, the device that it is on,
  // the device that it is, the size of its name, no checksum.
  bytes += fmt::format(
      "070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}"
      "{:08X}{:08X}",
      entry.inode, entry.mode, 0, 0, kLinks, 0, contents.size(), 0, 0,
      entry.major, entry.minor, name.size() + 1, 0);
  bytes += name;
  bytes += '\0';
  Align(bytes);
  bytes += contents;
  Align(bytes);
}

}  // namespace

void CpioArchive::AddFolder(const std::string& path, mode_t permissions) {
  Add(path, S_IFDIR | permissions, "");
}

void CpioArchive::AddFile(const std::string& path, std::string_view contents,
                          mode_t permissions) {
  Add(path, S_IFREG | permissions, contents);
}

void CpioArchive::AddLink(const std::string& path, std::string_view target) {
  Add(path, S_IFLNK | 0777, target);
}

void CpioArchive::AddCharacterDevice(const std::string& path, unsigned major,
                                     unsigned minor, mode_t permissions) {
  Add(path, S_IFCHR | permissions, "", major, minor);
}

void CpioArchive::Add(const std::string& path, mode_t mode,
                      std::string_view contents, unsigned major,
                      unsigned minor) {
  if (path.size() < 2 || Has(path)) return;
  AddFolder(path.substr(0, path.rfind('/')));
  paths_.insert(path);
  Append(bytes_, {paths_.size(), mode, major, minor}, path.substr(1), contents);
}

std::string CpioArchive::Bytes() const {
  std::string all = bytes_;
  Append(all, {0, 0}, "TRAILER!!!", "");
  return all;
}

}  // namespace pidlab
