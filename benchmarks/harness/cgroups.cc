#include "benchmarks/harness/cgroups.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace pidlab {
namespace {

// Whether the list has the word: "cpu,cpuacct" has "cpu".
bool HasWord(const std::string& words, const std::string& word) {
  return ("," + words + ",").find("," + word + ",") != std::string::npos;
}

// A line of /proc/self/cgroup: "4:memory:/user", "0::/user".
struct Cgroup {
  std::string controllers;
  std::string path;
};

std::optional<Cgroup> ParseCgroup(const std::string& line) {
  const size_t first = line.find(':');
  if (first == line.npos) return {};
  const size_t second = line.find(':', first + 1);
  if (second == line.npos) return {};
  return {
      {line.substr(first + 1, second - first - 1), line.substr(second + 1)}};
}

// A line of /proc/self/mountinfo, as far as it is needed here: "35 31 0:32 ROOT
// PLACE OPTIONS... - TYPE SOURCE SUPER_OPTIONS".
struct CgroupMount {
  std::string root;  // which part of the hierarchy is mounted
  std::string place;
  std::string type;
  std::string controllers;
};

std::optional<CgroupMount> ParseMount(const std::string& line) {
  const size_t dash = line.find(" - ");
  if (dash == line.npos) return {};
  CgroupMount mount;
  std::string unused;
  std::istringstream head(line.substr(0, dash));
  head >> unused >> unused >> unused >> mount.root >> mount.place;
  std::istringstream tail(line.substr(dash + 3));
  tail >> mount.type >> unused >> mount.controllers;
  if (!head || !tail) return {};
  return mount;
}

// Adds the directory of the cgroup and its parents, up to the mounted one. Adds
// nothing if the cgroup is not below that.
void AppendDirectories(const CgroupMount& mount, const std::string& path,
                       std::vector<std::string>& directories) {
  const std::string root = mount.root == "/" ? "" : mount.root;
  std::string below = path == "/" ? "" : path;
  if (!(below + "/").starts_with(root + "/")) return;
  below.erase(0, root.size());
  for (; !below.empty(); below.resize(below.rfind('/'))) {
    directories.push_back(mount.place + below);
  }
  directories.push_back(mount.place);
}

template <typename Parsed>
std::vector<Parsed> ParseLines(
    const std::string& text,
    std::optional<Parsed> (*parse)(const std::string&)) {
  std::vector<Parsed> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (const auto parsed = parse(line)) all.push_back(*parsed);
  }
  return all;
}

}  // namespace

std::vector<std::string> CgroupDirectories(const std::string& cgroup,
                                           const std::string& mountinfo,
                                           const std::string& controller) {
  std::vector<std::string> directories;
  const std::vector<CgroupMount> mounts = ParseLines(mountinfo, ParseMount);
  for (const Cgroup& own : ParseLines(cgroup, ParseCgroup)) {
    const bool version_2 = own.controllers.empty();
    if (!version_2 && !HasWord(own.controllers, controller)) continue;
    const auto mount = std::ranges::find_if(mounts, [&](const auto& mount) {
      return version_2 ? mount.type == "cgroup2"
                       : mount.type == "cgroup" &&
                             HasWord(mount.controllers, controller);
    });
    if (mount == mounts.end()) continue;
    AppendDirectories(*mount, own.path, directories);
  }
  return directories;
}

}  // namespace pidlab
