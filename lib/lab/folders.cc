#include "lib/lab/folders.h"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

#include "lib/host/error.h"
#include "lib/lab/folder_name.h"
#include "lib/text/edit_distance.h"

namespace pidlab {
namespace {

// "9" and "09" are the same number.
std::string_view WithoutZeros(std::string_view number) {
  while (number.size() > 1 && number[0] == '0') number.remove_prefix(1);
  return number;
}

}  // namespace

std::vector<Folder> Folders() {
  std::vector<Folder> folders;
  for (const Experiment& experiment : AllExperiments()) {
    const std::string path = experiment.folder();
    if (folders.empty() || folders.back().path != path) {
      folders.push_back({path, LabNumber(path), LabSlug(path), {}});
    }
    folders.back().experiments.push_back(&experiment);
  }
  std::ranges::stable_sort(folders, {}, [](const Folder& folder) {
    return std::tuple(folder.number.empty(), folder.number, folder.slug);
  });
  return folders;
}

Folder FindFolder(const std::string& name) {
  const std::vector<Folder> folders = Folders();
  std::vector<std::pair<size_t, std::string>> guesses;
  for (const Folder& folder : folders) {
    const std::string full =
        folder.number.empty() ? folder.slug : folder.number + "_" + folder.slug;
    if (name == folder.slug || name == full || name == folder.path ||
        (!folder.number.empty() &&
         WithoutZeros(name) == WithoutZeros(folder.number))) {
      return folder;
    }
    guesses.emplace_back(
        std::min(EditDistance(name, folder.slug), EditDistance(name, full)),
        full);
  }
  const auto best = std::ranges::min_element(guesses);
  std::string message = fmt::format("there is no lab \"{}\".", name);
  if (best != guesses.end() &&
      best->first <= std::max<size_t>(3, name.size() / 2)) {
    message += fmt::format(" Did you mean {}?", best->second);
  }
  FailAsUsage(message + " `pidlab list` shows all of them.");
}

void AddLabArgument(CommandLine& line, std::string& lab) {
  const std::vector<Folder> folders = Folders();
  if (folders.size() == 1) lab = folders[0].slug;
  line.Argument("LAB", lab,
                folders.size() == 1 ? CommandLine::Must::kNotBeGiven
                                    : CommandLine::Must::kBeGiven,
                "Its number, its slug, or both");
}

}  // namespace pidlab
