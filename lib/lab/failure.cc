#include "lib/lab/failure.h"

#include <fmt/core.h>

#include "lib/lab/folder_name.h"
#include "lib/lab/steps.h"
#include "lib/text/labelled.h"

namespace pidlab {
namespace {

// A key and its value. Keys and values stand in two columns.
std::string Field(const std::string& indent, const std::string& key,
                  const std::string& value) {
  return Labelled(fmt::format("{}{:<10}", indent, key), value);
}

std::string StepField(const std::string& indent, const Record& record,
                      size_t index) {
  return Field(indent, "step",
               fmt::format("{} \"{}\"", StepNumber(record, index),
                           record.steps[index].title));
}

}  // namespace

std::string FailureLine(const Record& record) {
  if (record.skip) {
    return fmt::format("{}: {}", SkipCodeName(record.skip->code),
                       record.skip->probed);
  }
  for (size_t i = 0; i < record.steps.size(); ++i) {
    for (const Entry& entry : record.steps[i].entries) {
      if (entry.ok) continue;
      return fmt::format("step {}: {} on {}: expected {}, observed {}",
                         StepNumber(record, i), entry.text, entry.process,
                         entry.expected, entry.observed);
    }
  }
  return record.reason;
}

std::string FailureReasons(const Record& record, const std::string& indent) {
  if (record.verdict == Verdict::kPass) return "";
  std::string text;
  const auto add = [&](const std::string& key, const std::string& value) {
    text += Field(indent, key, value);
  };
  if (record.skip) {
    add("reason", SkipCodeName(record.skip->code));
    add("needs", record.skip->needs);
    add("probed", record.skip->probed);
    add("to run", record.skip->to_run);
    return text;
  }
  for (size_t i = 0; i < record.steps.size(); ++i) {
    for (const Entry& entry : record.steps[i].entries) {
      if (entry.ok) continue;
      text += StepField(indent, record, i);
      add("on", entry.process);
      add("ran", entry.text);
      if (!entry.where.empty()) add("at", entry.where);
      add("expected", entry.expected);
      add("observed", entry.observed + "   <-- differs");
    }
  }
  if (record.reason.empty()) return text;
  if (!record.steps.empty()) {
    text += StepField(indent, record, record.steps.size() - 1);
  }
  add(record.verdict == Verdict::kError ? "error" : "noticed", record.reason);
  return text;
}

std::string FailureBlock(const Record& record, const Experiment& experiment) {
  if (record.verdict == Verdict::kPass) return "";
  const std::string number = LabNumber(record.folder);
  std::string text = fmt::format("{}  {}{} / {}\n", VerdictName(record.verdict),
                                 number.empty() ? "" : number + " ",
                                 LabSlug(record.folder), record.experiment);
  const std::string indent = "  ";
  if (!record.skip) {
    text += Field(indent, "claim", experiment.info.claim);
    for (const std::string& source : experiment.info.sources) {
      text += Field(indent, "", source);
    }
  }
  text += FailureReasons(record, indent);
  if (!record.skip && !number.empty()) {
    text += Field(indent, "again", fmt::format("./pidlab run {}", number));
  }
  return text;
}

}  // namespace pidlab
