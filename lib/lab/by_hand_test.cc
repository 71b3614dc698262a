#include "lib/lab/by_hand.h"

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

Handout WithSessions() {
  Handout handout;
  handout.sessions = {{2, {{"ps $init", ""}}},
                      {0, {{"true", ""}}},
                      {2, {{"kill $nested_init", ""}}}};
  return handout;
}

const std::vector<SeenProcess> kProcesses = {
    {"init", -1, {{0, 3}, {1, 1}}, 4711, kZombie},
    {"nested-init", 0, {{0, 4}, {1, 2}, {2, 1}}, 4712, kSleeping}};

TEST(ByHandAt, HasTheCommandsOfTheStepAndAVariableForEachProcess) {
  const ByHand by_hand = ByHandAt(WithSessions(), 2, kProcesses);
  EXPECT_EQ(by_hand.variables, "init=4711 nested_init=4712");
  ASSERT_THAT(by_hand.commands, SizeIs(2));
  EXPECT_EQ(by_hand.commands[1].command, "kill $nested_init");
}

TEST(ByHandAt, IsEmptyWhereNothingIsToBeTyped) {
  const ByHand by_hand = ByHandAt(WithSessions(), 1, kProcesses);
  EXPECT_EQ(by_hand.variables, "");
  EXPECT_THAT(by_hand.commands, IsEmpty());
}

}  // namespace
}  // namespace pidlab
