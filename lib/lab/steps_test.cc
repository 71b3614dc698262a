#include "lib/lab/steps.h"

#include "gmock/gmock.h"
#include "lib/lab/handout.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const LabTextsRegistration registration({"labs/98_of_this_test",
                                         "# 98 Of this test\n"
                                         "## Claim\nIt is so.\n"
                                         "## Predict\n"
                                         "## Run\n"
                                         "### 1. Begin\nWhy.\n"
                                         "### 2. Go on\nWhy.\n"
                                         "### 3. End\nWhy.\n"
                                         "## Explain\nSo.\n"
                                         "## By hand\nThis.\n"
                                         "## Hints\n1. One.\n",
                                         "", ""});

Record Of(const std::string& folder, const std::vector<std::string>& titles) {
  Record record;
  record.folder = folder;
  for (const std::string& title : titles) {
    record.steps.push_back({title, {}, {}});
  }
  return record;
}

std::vector<int> Numbers(const Record& record) {
  std::vector<int> numbers;
  for (size_t i = 0; i < record.steps.size(); ++i) {
    numbers.push_back(StepNumber(record, i));
  }
  return numbers;
}

TEST(StepTitles, AreThoseOfTheHandout) {
  EXPECT_THAT(StepTitles("labs/98_of_this_test"),
              ElementsAre("Begin", "Go on", "End"));
  EXPECT_THAT(StepTitles("experiments/none"), IsEmpty());
}

// The experiment that has the first step may have been skipped.
TEST(StepNumber, IsThatOfTheTitle) {
  EXPECT_THAT(Numbers(Of("labs/98_of_this_test", {"Go on", "End"})),
              ElementsAre(2, 3));
}

TEST(StepNumber, FollowsTheOneBeforeWithoutATitle) {
  EXPECT_THAT(
      Numbers(Of("labs/98_of_this_test", {"Go on", "Not there", "Begin"})),
      ElementsAre(2, 3, 1));
}

TEST(StepNumber, IsCountedWhereThereIsNoHandout) {
  EXPECT_THAT(Numbers(Of("experiments/none", {"Begin", "End"})),
              ElementsAre(1, 2));
}

}  // namespace
}  // namespace pidlab
