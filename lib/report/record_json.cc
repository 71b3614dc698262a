#include "lib/report/record_json.h"

#include <stdexcept>

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Step& step) {
  Json entries = Json::array();
  for (const Entry& entry : step.entries) {
    entries.push_back({{"process", entry.process},
                       {"ran", entry.text},
                       {"expected", entry.expected},
                       {"observed", entry.observed},
                       {"ok", entry.ok},
                       {"where", entry.where}});
  }
  return {{"number", step.number}, {"title", step.title}, {"entries", entries}};
}

Step StepFromJson(const Json& json) {
  Step step{json.at("number"), json.at("title"), {}};
  for (const Json& entry : json.at("entries")) {
    step.entries.push_back({entry.at("process"), entry.at("ran"),
                            entry.at("expected"), entry.at("observed"),
                            entry.at("ok"), entry.at("where")});
  }
  return step;
}

}  // namespace

Verdict VerdictFromName(const std::string& name) {
  for (const Verdict verdict :
       {Verdict::kPass, Verdict::kFail, Verdict::kSkip, Verdict::kError}) {
    if (name == VerdictName(verdict)) return verdict;
  }
  throw std::runtime_error("no verdict: " + name);
}

Json ToJson(const Record& record) {
  Json json = {{"folder", record.folder},
               {"experiment", record.experiment},
               {"verdict", VerdictName(record.verdict)}};
  if (!record.reason.empty()) json["reason"] = record.reason;
  if (record.skip) {
    json["skip"] = {{"code", record.skip->code},
                    {"needs", record.skip->needs},
                    {"probed", record.skip->probed},
                    {"to_run", record.skip->to_run}};
  }
  json["seconds"] = record.seconds;
  json["steps"] = Json::array();
  for (const Step& step : record.steps) json["steps"].push_back(ToJson(step));
  return json;
}

Record RecordFromJson(const Json& json) {
  Record record;
  record.folder = json.at("folder");
  record.experiment = json.at("experiment");
  record.verdict = VerdictFromName(json.at("verdict"));
  record.reason = json.value("reason", "");
  if (json.contains("skip")) {
    const Json& skip = json["skip"];
    record.skip = Skip{skip.at("code"), skip.at("needs"), skip.at("probed"),
                       skip.at("to_run")};
  }
  record.seconds = json.at("seconds");
  for (const Json& step : json.at("steps")) {
    record.steps.push_back(StepFromJson(step));
  }
  return record;
}

}  // namespace pidlab
