#include <fmt/core.h>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/report/layout.h"

namespace pidlab {

int Hint(const HintOptions& options) {
  const Folder folder = FindFolder(options.lab);
  const LabTexts* texts = FindLabTexts(folder.path);
  if (texts == nullptr) {
    throw UsageError{folder.slug + " is no lab: it has no hints"};
  }
  const bool english = options.language == Language::kEnglish;
  const Handout handout =
      ParseHandout(english ? texts->english : texts->chinese, options.language);
  const auto index = static_cast<size_t>(options.number - 1);
  if (options.number < 1 || index >= handout.hints.size()) {
    throw UsageError{fmt::format("lab {} has the hints 1 to {}", folder.number,
                                 handout.hints.size())};
  }
  fmt::print("{}", PlainText(handout.hints[index], 0));
  return kEveryClaimHolds;
}

}  // namespace pidlab
