#include "benchmarks/groups/choose_pairs.h"

#include <algorithm>
#include <set>

#include "benchmarks/groups/groups.h"
#include "gmock/gmock.h"
#include "lib/host/error.h"
#include "lib/host/exit_code.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

std::vector<std::string> NamesOf(const std::vector<Pair>& pairs) {
  std::vector<std::string> names;
  names.reserve(pairs.size());
  for (const Pair& pair : pairs) names.push_back(NameOf(pair));
  return names;
}

TEST(AllPairs, HaveNamesOfTheirOwn) {
  const std::vector<std::string> names = NamesOf(AllPairs());
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
}

TEST(ChoosePairs, TakesAllOfThem) {
  EXPECT_EQ(NamesOf(ChoosePairs("", false)), NamesOf(AllPairs()));
}

TEST(ChoosePairs, TakesThoseThatMatchAndAlwaysSelf) {
  EXPECT_THAT(NamesOf(ChoosePairs("^(create|ways/fork)/PID/", false)),
              ElementsAre("create/A/A/vfork", "create/A/A/cow",
                          "create/PID/vfork", "create/PID/cow"));
  EXPECT_THAT(NamesOf(ChoosePairs("[/]31/plain$", false)),
              ElementsAre("create/A/A/vfork", "create/A/A/cow",
                          "depth/vfork/31/plain"));
}

TEST(ChoosePairs, TakesAFewInAQuickRun) {
  const std::vector<Pair> quick = ChoosePairs("", true);
  EXPECT_LT(quick.size(), AllPairs().size());
  EXPECT_THAT(NamesOf(quick),
              IsSupersetOf({"create/A/A/vfork", "create/PID/vfork"}));
  for (const Pair& pair : quick) {
    EXPECT_TRUE(pair.quick) << NameOf(pair);
    EXPECT_LE(pair.blocks, 12) << NameOf(pair);
  }
  EXPECT_TRUE(std::ranges::any_of(ChoosePairs("", false), [](const Pair& pair) {
    return pair.blocks > 12;
  }));
}

// What is asked for by name is measured, however long it takes.
TEST(ChoosePairs, TakesWhatMatchesInAQuickRun) {
  EXPECT_THAT(NamesOf(ChoosePairs("^live/processes/0/", true)),
              ElementsAre("create/A/A/vfork", "create/A/A/cow",
                          "live/processes/0/alone"));
}

std::string RefusalOf(const std::string& filter) {
  try {
    (void)ChoosePairs(filter, false);
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code, kUsage);
    return error.message;
  }
  return "it was not refused";
}

TEST(ChoosePairs, RefusesWhatChoosesNothing) {
  EXPECT_THAT(RefusalOf("("), HasSubstr("not a regular expression: ("));
  EXPECT_THAT(RefusalOf("nothing_is_called_so"),
              HasSubstr("no benchmark has a name like nothing_is_called_so"));
}

}  // namespace
}  // namespace pidlab
