#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/report/layout.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Folder& folder) {
  Json json = {{"folder", folder.path},
               {"number", folder.number},
               {"slug", folder.slug}};
  if (const LabTexts* texts = FindLabTexts(folder.path)) {
    json["title"] = {
        {"en", ParseHandout(texts->english, Language::kEnglish).title},
        {"zh", ParseHandout(texts->chinese, Language::kChinese).title}};
  }
  for (const Experiment* experiment : folder.experiments) {
    Json needs = Json::array();
    for (const Need& need : experiment->info.needs) needs.push_back(need.what);
    json["experiments"].push_back(
        {{"name", experiment->name},
         {"claim", experiment->info.claim},
         {"verifies", experiment->info.verifies},
         {"sources", experiment->info.sources},
         {"needs", needs},
         {"where", fmt::format("{}:{}", experiment->file, experiment->line)}});
  }
  return json;
}

}  // namespace

int List(const ListOptions& options) {
  Json json = Json::array();
  for (const Folder& folder : Folders()) {
    if (options.json) {
      json.push_back(ToJson(folder));
      continue;
    }
    fmt::print("{:2}  {}\n", folder.number, folder.slug);
    for (const Experiment* experiment : folder.experiments) {
      for (const std::string& line :
           Wrap(experiment->info.claim, kColumns - 6)) {
        fmt::print("      {}\n", line);
      }
      std::string ids;
      for (const std::string& id : experiment->info.verifies) {
        ids += (ids.empty() ? "" : " ") + id;
      }
      std::string needs;
      for (const Need& need : experiment->info.needs) {
        needs += (needs.empty() ? "  needs " : ", ") + need.what;
      }
      for (const std::string& line :
           Wrap(fmt::format("[{}]{}", ids, needs), kColumns - 6)) {
        fmt::print("      {}\n", line);
      }
    }
  }
  if (options.json) fmt::print("{}\n", json.dump(2));
  return kEveryClaimHolds;
}

}  // namespace pidlab
