#include "lib/cli/folders.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <tuple>

#include "lib/handout/folder_name.h"

namespace pidlab {
namespace {

// "9" and "09" are one number.
std::string_view WithoutZeros(std::string_view number) {
  while (number.size() > 1 && number[0] == '0') number.remove_prefix(1);
  return number;
}

}  // namespace

std::vector<Folder> Folders() {
  std::vector<Folder> folders;
  for (const Experiment& experiment : Catalogue()) {
    const std::string path = experiment.folder();
    if (folders.empty() || folders.back().path != path) {
      folders.push_back({path, NumberOf(path), SlugOf(path), {}});
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
  throw UsageError{message + " `pidlab list` shows all of them."};
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j],
                               std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

bool MatchesGlob(std::string_view glob, std::string_view text) {
  // Where to begin again if the latest star has to take one character more:
  // what the stars before it took need not change.
  size_t behind_star = glob.npos;
  size_t retry = 0;
  size_t at = 0;
  for (size_t i = 0; i < text.size();) {
    if (at < glob.size() && glob[at] == '*') {
      behind_star = ++at;
      retry = i;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == text[i])) {
      ++at;
      ++i;
    } else if (behind_star != glob.npos) {
      at = behind_star;
      i = ++retry;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == glob.npos;
}

}  // namespace pidlab
