#include "lib/linux/user_namespace.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "lib/linux/fd.h"

namespace pidlab {
namespace {

int WriteFile(const char* path, std::string_view text) {
  const Fd file(open(path, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return errno;
  return write(file.get(), text.data(), text.size()) < 0 ? errno : 0;
}

// "0 1000 1": the number 1000 outside is 0 inside.
int WriteMap(const char* path, unsigned outside) {
  char map[32];
  const int size = snprintf(map, sizeof(map), "0 %u 1", outside);
  return WriteFile(path, {map, static_cast<size_t>(size)});
}

}  // namespace

Sys<int> MapRootTo(uid_t uid, gid_t gid) {
  // Without privilege, setgroups(2) has to be given up before a group can be
  // mapped.
  int err = WriteFile("/proc/self/setgroups", "deny");
  if (err == 0) err = WriteMap("/proc/self/uid_map", uid);
  if (err == 0) err = WriteMap("/proc/self/gid_map", gid);
  return {0, err};
}

}  // namespace pidlab
