#include "tool/claims/catalogue_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "lib/lab/folder_name.h"

namespace pidlab {
namespace {

struct Chapter {
  const char* prefix;  // of the ids
  const char* title;
};

constexpr Chapter kChapters[] = {
    {"S1-", "Tutorial 1: PID namespace"},
    {"S2-", "Tutorial 2: Linux namespace之：pid namespace (2020)"},
    {"C-", "The command line, further"},
    {"D-", "The manual pages, and what they leave out"},
    {"X-", "What other suites assert"},
};

// The text as a cell of a table. A | would end the cell, so it is escaped.
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

void AddOnce(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

std::string Joined(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) {
    all += (all.empty() ? "" : "<br>") + item;
  }
  return all;
}

std::string Row(const Claim& claim,
                const std::vector<const Experiment*>& experiments) {
  std::vector<std::string> words = {Cell(claim.claim)};
  if (!claim.quote.empty()) words.push_back("“" + Cell(claim.quote) + "”");
  if (!claim.holds.empty()) {
    words.push_back("**In fact:** " + Cell(claim.holds));
  }
  std::vector<std::string> status = {ClaimStatusName(claim.status)};
  if (!claim.since.empty()) status.push_back("since " + claim.since);

  std::vector<std::string> places;
  std::vector<std::string> sources;
  sources.push_back(claim.source == "pidlab" ? "worded here" : claim.source);
  for (const Experiment* experiment : experiments) {
    const std::string folder = experiment->folder();
    const std::string number = LabNumber(folder);
    AddOnce(places,
            fmt::format("[{}{}](../{}/)", number.empty() ? "" : number + " ",
                        LabSlug(folder), folder));
    for (const std::string& source : experiment->info.sources) {
      AddOnce(sources, source);
    }
  }
  return fmt::format("| {} | {} | {} | {} | {} |\n", claim.id, Joined(words),
                     Joined(status), Joined(places), Cell(Joined(sources)));
}

}  // namespace

std::string CataloguePage(const std::vector<Claim>& claims,
                          const std::vector<Experiment>& experiments) {
  std::map<std::string, std::vector<const Experiment*>> verifying;
  for (const Experiment& experiment : experiments) {
    for (const std::string& id : experiment.info.verifies) {
      verifying[id].push_back(&experiment);
    }
  }
  std::map<ClaimStatus, int> count;
  for (const Claim& claim : claims) ++count[claim.status];

  std::string page = fmt::format(
      "# The catalogue of claims\n\n"
      "Made by `./pidlab catalogue` from docs/claims.json and the experiments; "
      "a test says when it is stale.\n\n"
      "{} claims, tried by {} experiments: {} TRUE, {} COND (they hold under "
      "conditions that they do not name), {} WRONG, {} GATED (they hold on "
      "kernels that have the feature, which is probed).\n",
      claims.size(), experiments.size(), count[ClaimStatus::kTrue],
      count[ClaimStatus::kConditional], count[ClaimStatus::kWrong],
      count[ClaimStatus::kGated]);
  page += "\n## Where they are wrong\n\n";
  for (const Claim& claim : claims) {
    if (claim.status != ClaimStatus::kWrong) continue;
    page += fmt::format("- **{}** ({}): {} *In fact:* {}\n", claim.id,
                        claim.source == "pidlab" ? "a belief" : claim.source,
                        claim.claim, claim.holds);
  }
  for (const auto& [prefix, title] : kChapters) {
    page += fmt::format(
        "\n## {}\n\n| id | claim | status | tried in | sources |\n"
        "|---|---|---|---|---|\n",
        title);
    for (const Claim& claim : claims) {
      if (claim.id.starts_with(prefix)) page += Row(claim, verifying[claim.id]);
    }
  }
  return page;
}

}  // namespace pidlab
