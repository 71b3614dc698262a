#include "lib/host/kernel_release.h"

#include <algorithm>

namespace pidlab {

std::string KernelSeries(std::string_view release) {
  constexpr std::string_view kDigits = "0123456789";
  const size_t dot = release.find_first_not_of(kDigits);
  if (dot == 0 || dot == release.npos || release[dot] != '.') return "";
  const size_t end =
      std::min(release.find_first_not_of(kDigits, dot + 1), release.size());
  return end == dot + 1 ? "" : std::string(release.substr(0, end));
}

}  // namespace pidlab
