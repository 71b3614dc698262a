#include "lib/report/details.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "lib/handout/folder_name.h"
#include "lib/report/layout.h"

namespace pidlab {

std::string Details(const Record& record, const Experiment& experiment) {
  if (record.verdict == Verdict::kPass) return "";
  const std::string name = SlugOf(record.folder);
  const std::string number = NumberOf(record.folder);
  std::string text =
      fmt::format("{}  {}{} / {}\n", VerdictName(record.verdict),
                  number.empty() ? "" : number + " ", name, record.experiment);
  const auto add = [&text](std::string_view key, std::string_view value) {
    bool first = true;
    while (!value.empty()) {
      const size_t end = std::min(value.find('\n'), value.size());
      for (const std::string& line :
           Wrap(value.substr(0, end), kColumns - 12)) {
        text += fmt::format("  {:<10}{}\n", first ? key : "", line);
        first = false;
      }
      value.remove_prefix(std::min(end + 1, value.size()));
    }
  };
  if (record.skip) {
    add("reason", record.skip->code);
    add("needs", record.skip->needs);
    add("probed", record.skip->probed);
    add("to run", record.skip->to_run);
    return text;
  }
  add("claim", experiment.info.claim);
  for (const std::string& source : experiment.info.sources) add("", source);
  for (const Step& step : record.steps) {
    for (const Entry& entry : step.entries) {
      if (entry.ok) continue;
      add("step", fmt::format("{} \"{}\"", step.number, step.title));
      add("on", entry.process);
      add("ran", entry.text);
      add("at", entry.where);
      add("expected", entry.expected);
      add("observed", entry.observed + "   <-- differs");
    }
  }
  if (!record.reason.empty()) {
    if (!record.steps.empty()) {
      const Step& step = record.steps.back();
      add("step", fmt::format("{} \"{}\"", step.number, step.title));
    }
    add(record.verdict == Verdict::kError ? "error" : "noticed", record.reason);
  }
  if (!number.empty()) {
    add("again", fmt::format("./pidlab run {} --step", number));
  }
  return text;
}

}  // namespace pidlab
