// `list`: the labs and the other experiments.

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "lib/host/exit_code.h"
#include "lib/lab/command_line.h"
#include "lib/lab/folders.h"
#include "lib/lab/handout.h"
#include "lib/text/labelled.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

struct ListOptions {
  bool json = false;
};

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

constexpr const char* kIndent = "      ";

int List(const ListOptions& options) {
  Json json = Json::array();
  for (const Folder& folder : Folders()) {
    if (options.json) {
      json.push_back(ToJson(folder));
      continue;
    }
    fmt::print("{:2}  {}\n", folder.number, folder.slug);
    for (const Experiment* experiment : folder.experiments) {
      fmt::print("{}", Labelled(kIndent, experiment->info.claim));
      std::string ids;
      for (const std::string& id : experiment->info.verifies) {
        ids += (ids.empty() ? "" : " ") + id;
      }
      std::string needs;
      for (const Need& need : experiment->info.needs) {
        needs += (needs.empty() ? "  needs " : ", ") + need.what;
      }
      fmt::print("{}", Labelled(kIndent, fmt::format("[{}]{}", ids, needs)));
    }
  }
  if (options.json) fmt::print("{}\n", json.dump(2));
  return kEveryClaimHolds;
}

void Add(CommandLine& line) {
  auto& options = line.Own<ListOptions>();
  line.Flag("--json", options.json, "As JSON");
  line.Run([&options] { return List(options); });
}

const CommandRegistration registration(
    {10, "list", "The labs, their claims, what each needs",
     "  pidlab list                  what there is\n", &Add});

}  // namespace
}  // namespace pidlab
