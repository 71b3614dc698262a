#include "lib/host/find_program.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace pidlab {

std::string FindProgram(const std::string& name, std::string_view path) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    // An empty folder in the list means the working folder.
    const auto file =
        std::filesystem::path(path.substr(begin, end - begin)) / name;
    std::error_code error;
    if (std::filesystem::is_regular_file(file, error) &&
        access(file.c_str(), X_OK) == 0) {
      return file;
    }
    begin = end + 1;
  }
  return "";
}

}  // namespace pidlab
