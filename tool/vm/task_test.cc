#include "tool/vm/task.h"

#include <cstdlib>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Task, ComesBackFromItsText) {
  const Task task{
      {"echo", "", "命名空间", "\xff \"\n"}, {"A=\xfe", "B="}, true};
  EXPECT_EQ(TaskFromText(ToText(task)), task);
  EXPECT_THROW((void)TaskFromText("{}"), std::exception);
}

TEST(TaskFor, PassesOnWhatMeansSomethingInAMachine) {
  setenv("TERM", "some-terminal", 1);
  setenv("SECRET", "s", 1);
  unsetenv("NO_COLOR");
  const Task task = TaskFor({"verify"});
  EXPECT_THAT(task.command, ElementsAre("verify"));
  EXPECT_THAT(task.environment, Contains("TERM=some-terminal"));
  EXPECT_THAT(task.environment, Not(Contains(StartsWith("SECRET"))));
  EXPECT_THAT(task.environment, Not(Contains(StartsWith("NO_COLOR"))));
  EXPECT_FALSE(task.terminal);
}

TEST(TaskFor, IsAShellIfNothingIsSaid) {
  EXPECT_THAT(TaskFor({}).command, ElementsAre("bash"));
}

}  // namespace
}  // namespace pidlab
