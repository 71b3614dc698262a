#include "benchmarks/analysis/measured.h"

#include <vector>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(Comparison, HasANameForTheFilter) {
  Comparison comparison;
  comparison.group = "create";
  comparison.row = "A/A";
  comparison.base = "vfork";
  EXPECT_EQ(comparison.Name(), "create/A/A/vfork");
  comparison.x = 0;
  EXPECT_EQ(comparison.Name(), "create/A/A/0/vfork");
}

TEST(Comparison, KeepsAllButTheFirstOfEachBlock) {
  Comparison comparison;
  comparison.rounds = {{{{9, 1, 2}, {8, 3}}, {{7}, {6, 4, 5}}},
                       {{{5, 5}, {1}}}};
  const std::vector<Round> kept = comparison.Kept();
  ASSERT_THAT(kept, ElementsAre(SizeIs(2), SizeIs(1)));
  EXPECT_THAT(kept[0][0].subject, ElementsAre(1, 2));
  EXPECT_THAT(kept[0][0].base, ElementsAre(3));
  EXPECT_THAT(kept[0][1].subject, ElementsAre(7));
  EXPECT_THAT(kept[0][1].base, ElementsAre(4, 5));
  EXPECT_THAT(kept[1][0].subject, ElementsAre(5));
  EXPECT_THAT(kept[1][0].base, ElementsAre(1));
  EXPECT_THAT(comparison.rounds[0][0].subject, ElementsAre(9, 1, 2));
}

}  // namespace
}  // namespace pidlab
