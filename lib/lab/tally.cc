#include "lib/lab/tally.h"

#include <fmt/core.h>

namespace pidlab {
namespace {

std::set<std::string> Without(std::set<std::string> ids,
                              const std::set<std::string>& others) {
  for (const std::string& id : others) ids.erase(id);
  return ids;
}

}  // namespace

void Tally::Add(Verdict verdict, const std::vector<std::string>& claims) {
  switch (verdict) {
    case Verdict::kPass:
      ++passed_;
      held_.insert(claims.begin(), claims.end());
      break;
    case Verdict::kFail:
      ++failed_;
      violated_.insert(claims.begin(), claims.end());
      break;
    case Verdict::kError:
      ++failed_;
      ++errors_;
      not_verified_.insert(claims.begin(), claims.end());
      break;
    case Verdict::kSkip:
      ++skipped_;
      not_verified_.insert(claims.begin(), claims.end());
      break;
  }
}

std::set<std::string> Tally::Held() const {
  return Without(Without(held_, violated_), not_verified_);
}

std::set<std::string> Tally::NotVerified() const {
  return Without(not_verified_, violated_);
}

std::string Tally::Line() const {
  return fmt::format("{} passed, {} failed, {} skipped", passed_, failed_,
                     skipped_);
}

ExitCode Tally::Code(bool fail_on_skip) const {
  if (failed_ > errors_) return kClaimViolated;
  if (errors_ > 0) return kHarnessFailed;
  if (skipped_ > 0 && fail_on_skip) return kClaimViolated;
  return passed_ == 0 ? kEverythingSkipped : kEveryClaimHolds;
}

}  // namespace pidlab
