// `hint LAB [N]`: prints one of the hints of a lab. They go from a nudge to the
// answer.

#include <fmt/core.h>

#include "lib/host/error.h"
#include "lib/lab/command_line.h"
#include "lib/lab/folders.h"
#include "lib/lab/handout.h"
#include "lib/text/markdown.h"

namespace pidlab {
namespace {

struct HintOptions {
  std::string lab;
  int number = 1;
  Language language = Language::kEnglish;
};

int Hint(const HintOptions& options) {
  const Folder folder = FindFolder(options.lab);
  const LabTexts* texts = FindLabTexts(folder.path);
  if (texts == nullptr)
    FailAsUsage(folder.slug + " is no lab: it has no hints");
  const bool english = options.language == Language::kEnglish;
  const Handout handout =
      ParseHandout(english ? texts->english : texts->chinese, options.language);
  const auto index = static_cast<size_t>(options.number - 1);
  if (options.number < 1 || index >= handout.hints.size()) {
    FailAsUsage(fmt::format("lab {} has the hints 1 to {}", folder.number,
                            handout.hints.size()));
  }
  fmt::print("{}", PlainText(handout.hints[index], 0));
  return kEveryClaimHolds;
}

void Add(CommandLine& line) {
  auto& options = line.Own<HintOptions>();
  AddLabArgument(line, options.lab);
  line.Argument("N", options.number, "1 is a nudge, 3 the answer");
  line.LanguageOption(options.language);
  line.Run([&options] { return Hint(options); });
}

const CommandRegistration registration(
    {30, "hint", "A hint for a lab",
     "  pidlab hint 12 2             the second of three hints\n", &Add});

}  // namespace
}  // namespace pidlab
