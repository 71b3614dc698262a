#include "lib/linux/sys.h"

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

}  // namespace pidlab
