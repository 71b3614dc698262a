#include "lib/lab/steps.h"

#include <algorithm>
#include <map>

#include "lib/lab/handout.h"

namespace pidlab {
namespace {

std::vector<std::string> ReadTitles(const std::string& folder) {
  std::vector<std::string> titles;
  const LabTexts* texts = FindLabTexts(folder);
  if (texts == nullptr) return titles;
  for (const StepText& step :
       ParseHandout(texts->english, Language::kEnglish).steps) {
    titles.push_back(step.title);
  }
  return titles;
}

}  // namespace

const std::vector<std::string>& StepTitles(const std::string& folder) {
  static std::map<std::string, std::vector<std::string>> read;
  const auto known = read.find(folder);
  if (known != read.end()) return known->second;
  return read.emplace(folder, ReadTitles(folder)).first->second;
}

std::optional<int> NumberOfTitle(const std::string& folder,
                                 const std::string& title) {
  const std::vector<std::string>& titles = StepTitles(folder);
  const auto found = std::ranges::find(titles, title);
  if (found == titles.end()) return {};
  return static_cast<int>(found - titles.begin()) + 1;
}

int StepNumber(const Record& record, size_t index) {
  int number = 0;
  for (size_t i = 0; i <= index; ++i) {
    number = NumberOfTitle(record.folder, record.steps[i].title)
                 .value_or(number + 1);
  }
  return number;
}

}  // namespace pidlab
