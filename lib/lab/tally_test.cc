#include "lib/lab/tally.h"

#include <initializer_list>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Tally Of(std::initializer_list<Verdict> verdicts) {
  Tally tally;
  for (const Verdict verdict : verdicts) tally.Add(verdict);
  return tally;
}

TEST(Tally, ExitsByTheWorstVerdict) {
  using enum Verdict;
  EXPECT_EQ(Of({kPass}).Code(), kEveryClaimHolds);
  EXPECT_EQ(Of({kPass, kSkip}).Code(), kEveryClaimHolds);
  EXPECT_EQ(Of({kSkip}).Code(), kEverythingSkipped);
  EXPECT_EQ(Of({}).Code(), kEverythingSkipped);
  EXPECT_EQ(Of({kPass, kError, kSkip}).Code(), kHarnessFailed);
  EXPECT_EQ(Of({kError, kFail, kPass}).Code(), kClaimViolated);
}

TEST(Tally, MakesASkipAFailureIfThatIsAsked) {
  using enum Verdict;
  EXPECT_EQ(Of({kPass, kSkip}).Code(true), kClaimViolated);
  EXPECT_EQ(Of({kSkip}).Code(true), kClaimViolated);
  EXPECT_EQ(Of({kPass}).Code(true), kEveryClaimHolds);
  EXPECT_EQ(Of({kError, kSkip}).Code(true), kHarnessFailed);
}

TEST(Tally, CountsAnErrorAmongTheFailed) {
  using enum Verdict;
  const Tally tally = Of({kPass, kPass, kFail, kError, kSkip});
  EXPECT_EQ(tally.Line(), "2 passed, 2 failed, 1 skipped");
  EXPECT_EQ(tally.errors(), 1);
}

TEST(Tally, BelievesAClaimOnlyIfAllItsExperimentsDo) {
  Tally tally;
  tally.Add(Verdict::kPass, {"D-1", "D-2", "D-3"});
  tally.Add(Verdict::kFail, {"D-2"});
  tally.Add(Verdict::kSkip, {"D-2", "D-3"});
  tally.Add(Verdict::kError, {"D-4"});
  EXPECT_THAT(tally.Held(), ElementsAre("D-1"));
  EXPECT_THAT(tally.Violated(), ElementsAre("D-2"));
  EXPECT_THAT(tally.NotVerified(), ElementsAre("D-3", "D-4"));
  EXPECT_THAT(Tally().Held(), IsEmpty());
}

}  // namespace
}  // namespace pidlab
