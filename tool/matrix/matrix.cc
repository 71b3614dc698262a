#include "tool/matrix/matrix.h"

#include <fmt/core.h>

#include <algorithm>

#include "lib/host/kernel_release.h"
#include "lib/lab/failure.h"
#include "tool/report/record_json.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKey = "pidlab_matrix";
constexpr int kFormat = 1;

}  // namespace

std::optional<Verdict> KernelColumn::VerdictOf(const std::string& claim) const {
  std::optional<Verdict> worst;
  for (const auto& [name, result] : found) {
    if (std::ranges::find(result.verifies, claim) == result.verifies.end()) {
      continue;
    }
    if (!worst || Severity(result.verdict) > Severity(*worst)) {
      worst = result.verdict;
    }
  }
  return worst;
}

KernelColumn ColumnFromReport(const Json& report, const std::string& place) {
  const Json& environment = report.at("environment");
  KernelColumn column{
      environment.at("kernel"), environment.at("machine"), place, "", {}};
  if (!report.at("complete").get<bool>()) column.failure = "interrupted";
  for (const Json& json : report.at("experiments")) {
    const Record record = RecordFromJson(json);
    column.found[record.folder + "/" + record.experiment] = {
        record.verdict,
        record.verdict == Verdict::kPass ? "" : FailureLine(record),
        json.at("verifies").get<std::vector<std::string>>()};
  }
  return column;
}

Json ToJson(const Matrix& matrix) {
  Json columns = Json::array();
  for (const KernelColumn& column : matrix) {
    Json found = Json::object();
    for (const auto& [name, result] : column.found) {
      found[name]["verdict"] = VerdictName(result.verdict);
      if (!result.why.empty()) found[name]["why"] = result.why;
      found[name]["verifies"] = result.verifies;
    }
    Json json = {{"kernel", column.kernel},
                 {"machine", column.machine},
                 {"place", column.place}};
    if (!column.failure.empty()) json["failure"] = column.failure;
    json["experiments"] = found;
    columns.push_back(json);
  }
  return {{kKey, kFormat}, {"columns", columns}};
}

Matrix MatrixFromJson(const Json& json) {
  if (json.at(kKey) != kFormat) throw std::runtime_error("another format");
  Matrix matrix;
  for (const Json& in : json.at("columns")) {
    KernelColumn column{in.at("kernel"),
                        in.at("machine"),
                        in.at("place"),
                        in.value("failure", ""),
                        {}};
    for (const auto& [name, result] : in.at("experiments").items()) {
      column.found[name] = {
          VerdictFromName(result.at("verdict")), result.value("why", ""),
          result.at("verifies").get<std::vector<std::string>>()};
    }
    matrix.push_back(std::move(column));
  }
  return matrix;
}

std::vector<std::string> DifferencesFrom(const Matrix& recorded,
                                         const Matrix& seen) {
  std::vector<std::string> differences;
  for (const KernelColumn& column : seen) {
    const auto like = std::ranges::find_if(recorded, [&](const auto& other) {
      return other.place == column.place &&
             KernelSeries(other.kernel) == KernelSeries(column.kernel);
    });
    const std::string where = column.kernel + " in " + column.place;
    if (!column.failure.empty()) {
      differences.push_back(where + ": " + column.failure);
    }
    if (like == recorded.end()) {
      differences.push_back(where + ": nothing was recorded of this series");
      continue;
    }
    for (const auto& [name, result] : column.found) {
      const auto before = like->found.find(name);
      if (before == like->found.end()) {
        differences.push_back(name + ": it was not there");
      } else if (before->second.verdict != result.verdict) {
        differences.push_back(fmt::format(
            "{}: {} was recorded, {} is seen{}{}", name,
            VerdictName(before->second.verdict), VerdictName(result.verdict),
            result.why.empty() ? "" : ": ", result.why));
      }
    }
    for (const auto& [name, result] : like->found) {
      if (!column.found.contains(name)) {
        differences.push_back(name + ": it has not run");
      }
    }
  }
  return differences;
}

}  // namespace pidlab
