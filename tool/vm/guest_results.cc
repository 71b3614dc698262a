#include "tool/vm/guest_results.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "tool/vm/task.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

void SendFile(Port& port, const fs::path& path, const std::string& name) {
  port.Send(FrameKind::kFile, name);
  std::ifstream file(path, std::ios::binary);
  std::string part(65536, '\0');
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())) ||
         file.gcount() > 0) {
    port.Send(FrameKind::kContents,
              {part.data(), static_cast<size_t>(file.gcount())});
  }
  port.Send(FrameKind::kFileEnd);
}

bool WrittenSince(const fs::path& path, const timespec& begin) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return false;
  return std::pair(status.st_mtim.tv_sec, status.st_mtim.tv_nsec) >=
         std::pair(begin.tv_sec, begin.tv_nsec);
}

}  // namespace

void SendResults(Port& port, const timespec& begin) {
  struct stat root {};
  stat("/", &root);
  using Walk = fs::recursive_directory_iterator;
  for (Walk entry("/", fs::directory_options::skip_permission_denied), end;
       entry != end; ++entry) {
    struct stat status {};
    if (lstat(entry->path().c_str(), &status) != 0) continue;
    if (status.st_dev != root.st_dev) {  // /proc, /sys, /dev
      if (S_ISDIR(status.st_mode)) entry.disable_recursion_pending();
      continue;
    }
    if (!S_ISREG(status.st_mode)) continue;
    const fs::path relative = entry->path().lexically_relative(kWorkFolder);
    if (*relative.begin() != "..") {
      SendFile(port, entry->path(), relative);
    } else if (WrittenSince(entry->path(), begin)) {
      port.Send(FrameKind::kLeftBehind, entry->path().string());
    }
  }
}

}  // namespace pidlab
