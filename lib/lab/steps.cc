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

int StepNumber(const Record& record, size_t index) {
  const std::vector<std::string>& titles = StepTitles(record.folder);
  const auto title = std::ranges::find(titles, record.steps[index].title);
  if (title != titles.end())
    return static_cast<int>(title - titles.begin()) + 1;
  return index == 0 ? 1 : StepNumber(record, index - 1) + 1;
}

}  // namespace pidlab
