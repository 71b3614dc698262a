#include "lib/host/names.h"

#include <linux/sched.h>

#include <cstring>

namespace pidlab {

std::string ErrnoName(int err) {
  const char* name = strerrorname_np(err);
  return name != nullptr ? name : "errno " + std::to_string(err);
}

std::string DescribeErrno(int err) {
  const char* description = strerrordesc_np(err);
  return description != nullptr ? ErrnoName(err) + " (" + description + ")"
                                : ErrnoName(err);
}

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name
                         : "signal " + std::to_string(signal);
}

std::string CloneFlagNames(uint64_t flags) {
  static constexpr struct {
    uint64_t flag;
    const char* name;
  } kFlags[] = {
      {CLONE_VM, "CLONE_VM"},
      {CLONE_VFORK, "CLONE_VFORK"},
      {CLONE_NEWUSER, "CLONE_NEWUSER"},
      {CLONE_NEWPID, "CLONE_NEWPID"},
      {CLONE_NEWNS, "CLONE_NEWNS"},
      {CLONE_NEWUTS, "CLONE_NEWUTS"},
      {CLONE_NEWIPC, "CLONE_NEWIPC"},
      {CLONE_NEWNET, "CLONE_NEWNET"},
      {CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
      {CLONE_NEWTIME, "CLONE_NEWTIME"},
      {CLONE_PARENT, "CLONE_PARENT"},
  };
  std::string names;
  for (const auto& [flag, name] : kFlags) {
    if ((flags & flag) == 0) continue;
    flags &= ~flag;
    names += (names.empty() ? "" : "|") + std::string(name);
  }
  if (flags != 0) {
    names += (names.empty() ? "" : "|") + std::to_string(flags);
  }
  return names.empty() ? "0" : names;
}

}  // namespace pidlab
