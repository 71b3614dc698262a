#include "lib/lab/folder_name.h"

#include <algorithm>
#include <cctype>

namespace pidlab {

std::string LabNumber(const std::string& folder) {
  const std::string name = folder.substr(folder.rfind('/') + 1);
  const size_t end = name.find('_');
  const std::string number = name.substr(0, end);
  const bool digits =
      !number.empty() && std::ranges::all_of(number, [](unsigned char c) {
        return isdigit(c) != 0;
      });
  return digits && end != name.npos ? number : "";
}

std::string LabSlug(const std::string& folder) {
  const std::string name = folder.substr(folder.rfind('/') + 1);
  const std::string number = LabNumber(folder);
  return number.empty() ? name : name.substr(number.size() + 1);
}

}  // namespace pidlab
