// Compares the table of claims with the experiments: every claim has an
// experiment, and every experiment has claims of the table.

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>

#include "lib/trial/experiment.h"
#include "tool/claims/claims.h"

namespace pidlab {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;

std::map<std::string, std::set<std::string>> ExperimentsByClaim() {
  std::map<std::string, std::set<std::string>> by_claim;
  for (const Experiment& experiment : AllExperiments()) {
    for (const std::string& id : experiment.info.verifies) {
      by_claim[id].insert(experiment.name);
    }
  }
  return by_claim;
}

TEST(Coverage, EveryClaimIsTried) {
  const auto tried = ExperimentsByClaim();
  for (const Claim& claim : Claims()) {
    EXPECT_THAT(tried, Contains(Key(claim.id))) << claim.claim;
  }
}

TEST(Coverage, EveryExperimentTriesClaimsOfTheTable) {
  std::set<std::string> ids;
  for (const Claim& claim : Claims()) ids.insert(claim.id);
  for (const Experiment& experiment : AllExperiments()) {
    EXPECT_THAT(experiment.info.verifies, Not(IsEmpty()))
        << experiment.file << ':' << experiment.line;
    EXPECT_THAT(experiment.info.sources, Not(IsEmpty()))
        << experiment.file << ':' << experiment.line;
    for (const std::string& id : experiment.info.verifies) {
      EXPECT_THAT(ids, Contains(id))
          << experiment.file << ':' << experiment.line;
    }
  }
}

TEST(Coverage, NamesOfExperimentsAreUnique) {
  std::set<std::string> names;
  for (const Experiment& experiment : AllExperiments()) {
    EXPECT_TRUE(names.insert(experiment.name).second) << experiment.name;
  }
}

}  // namespace
}  // namespace pidlab
