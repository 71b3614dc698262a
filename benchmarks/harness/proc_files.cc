#include "benchmarks/harness/proc_files.h"

#include <fstream>
#include <sstream>

namespace pidlab {

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<int64_t> ReadNumber(const std::string& path) {
  std::ifstream file(path);
  int64_t number;
  if (!(file >> number)) return {};
  return number;
}

std::optional<int64_t> ReadNumberOf(const std::string& path,
                                    const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    int64_t number;
    if (words >> first >> number && first == key) return number;
  }
  return {};
}

}  // namespace pidlab
