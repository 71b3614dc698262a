#include "tool/report/json_reporter.h"

#include <nlohmann/json.hpp>

#include "lib/lab/version.h"
#include "tool/report/record_json.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Environment& environment) {
  return {{"kernel", environment.kernel},
          {"machine", environment.machine},
          {"uid", environment.uid},
          {"pid_namespace_depth", environment.depth},
          {"cpus", environment.cpus}};
}

Json ToJson(const Tally& tally) {
  return {{"passed", tally.passed()},
          {"failed", tally.failed()},
          {"errors", tally.errors()},
          {"skipped", tally.skipped()},
          {"claims_held", tally.Held()},
          {"claims_violated", tally.Violated()},
          {"claims_not_verified", tally.NotVerified()}};
}

Json ToJson(const Outcome& outcome) {
  Json json = ToJson(outcome.record);
  json["claim"] = outcome.experiment->info.claim;
  json["verifies"] = outcome.experiment->info.verifies;
  json["sources"] = outcome.experiment->info.sources;
  for (const auto& [verdict, count] : outcome.runs) {
    json["runs"][VerdictName(verdict)] = count;
  }
  return json;
}

}  // namespace

void JsonReporter::End(const Results& results) {
  Json json = {{"pidlab", kVersion},
               {"complete", !results.interrupted},
               {"environment", ToJson(results.environment)},
               {"summary", ToJson(results.Count())},
               {"experiments", Json::array()}};
  for (const FolderResults& folder : results.folders) {
    for (const Outcome& outcome : folder.outcomes) {
      if (!outcome.runs.empty()) json["experiments"].push_back(ToJson(outcome));
    }
  }
  file_.Commit(TextOf(json, 2) + "\n");
}

}  // namespace pidlab
