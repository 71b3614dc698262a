#include "tool/claims/claims.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

extern const char* const kClaimsJson;  // docs/claims.json

namespace pidlab {
namespace {

constexpr ClaimStatus kAllStatuses[] = {
    ClaimStatus::kTrue, ClaimStatus::kConditional, ClaimStatus::kWrong,
    ClaimStatus::kGated};

std::optional<ClaimStatus> ClaimStatusFrom(std::string_view name) {
  for (const ClaimStatus status : kAllStatuses) {
    if (name == ClaimStatusName(status)) return status;
  }
  return std::nullopt;
}

// What is wrong with a row; "" if nothing is.
std::string Fault(const Claim& claim) {
  if (claim.claim.empty()) return "it claims nothing";
  if (claim.source.empty()) return "it has no source";
  if (!claim.quote.empty() && claim.source == "pidlab") {
    return "what is quoted has a source other than pidlab";
  }
  const bool has_to_say = claim.status == ClaimStatus::kConditional ||
                          claim.status == ClaimStatus::kWrong;
  if (has_to_say && claim.holds.empty()) return "it lacks \"holds\"";
  if (claim.status == ClaimStatus::kTrue && !claim.holds.empty()) {
    return "it is TRUE: there is nothing that \"holds\" instead";
  }
  if (claim.status == ClaimStatus::kGated && claim.since.empty()) {
    return "it lacks \"since\"";
  }
  return "";
}

Claim ParseRow(const nlohmann::json& row) {
  Claim claim;
  std::string status;
  for (const auto& [key, value] : row.items()) {
    std::string* field = key == "id"       ? &claim.id
                         : key == "claim"  ? &claim.claim
                         : key == "quote"  ? &claim.quote
                         : key == "source" ? &claim.source
                         : key == "status" ? &status
                         : key == "since"  ? &claim.since
                         : key == "holds"  ? &claim.holds
                                           : nullptr;
    if (field == nullptr) {
      throw std::runtime_error("\"" + key + "\" means nothing");
    }
    *field = value.get<std::string>();
  }
  const std::optional<ClaimStatus> known = ClaimStatusFrom(status);
  if (!known) throw std::runtime_error("\"" + status + "\" is no status");
  claim.status = *known;
  return claim;
}

}  // namespace

const char* ClaimStatusName(ClaimStatus status) {
  switch (status) {
    case ClaimStatus::kTrue:
      return "TRUE";
    case ClaimStatus::kConditional:
      return "COND";
    case ClaimStatus::kWrong:
      return "WRONG";
    case ClaimStatus::kGated:
      return "GATED";
  }
  return "?";
}

std::vector<Claim> ParseClaims(std::string_view json) {
  std::vector<Claim> claims;
  std::set<std::string> ids;
  for (const nlohmann::json& row : nlohmann::json::parse(json)) {
    const std::string id = row.value("id", "");
    try {
      claims.push_back(ParseRow(row));
      std::string fault = Fault(claims.back());
      if (!ids.insert(id).second) fault = "it is there twice";
      if (!fault.empty()) throw std::runtime_error(fault);
    } catch (const std::exception& error) {
      throw std::runtime_error("claim " + (id.empty() ? "without id" : id) +
                               ": " + error.what());
    }
    if (id.empty()) throw std::runtime_error("a claim has no id");
  }
  return claims;
}

const std::vector<Claim>& Claims() {
  static const std::vector<Claim> claims = ParseClaims(kClaimsJson);
  return claims;
}

}  // namespace pidlab
