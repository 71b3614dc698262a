#include "benchmarks/harness/random_order.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::Pair;
using ::testing::SizeIs;

// The order as text, with a "1" if the first member comes first.
std::string Order(int pairs, uint64_t seed) {
  std::string order;
  for (const bool first : RandomOrder(pairs, seed)) order += first ? '1' : '0';
  return order;
}

// The values were computed with Python's integers.
TEST(RandomOrder, IsTheSameEverywhere) {
  EXPECT_EQ(Order(10, 42), "0101110001");
  EXPECT_EQ(Order(7, 42), "0100101");
  EXPECT_EQ(Order(7, 43), "1110000");
}

TEST(RandomOrder, IsBalanced) {
  for (const int pairs : {2, 10, 400}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      EXPECT_EQ(std::ranges::count(Order(pairs, seed), '1'), pairs / 2)
          << pairs << " pairs, seed " << seed;
    }
  }
}

TEST(RandomOrder, LeavesTheOddOneToChance) {
  for (const int pairs : {1, 9}) {
    int more = 0;
    for (uint64_t seed = 0; seed < 1000; ++seed) {
      const auto first = std::ranges::count(Order(pairs, seed), '1');
      EXPECT_THAT(first, AnyOf(pairs / 2, pairs / 2 + 1));
      if (first > pairs / 2) ++more;
    }
    EXPECT_THAT(more, AllOf(Gt(436), Lt(564)));  // 4 standard deviations
  }
}

TEST(RandomOrder, MakesEveryOrderEquallyOften) {
  std::map<std::string, int> times;
  for (uint64_t seed = 0; seed < 6000; ++seed) ++times[Order(4, seed)];
  EXPECT_THAT(times, SizeIs(6));  // choose two of four
  // 4 standard deviations
  EXPECT_THAT(times, Each(Pair(_, AllOf(Gt(884), Lt(1116)))));
}

TEST(RandomOrder, IsEmptyWithoutPairs) {
  EXPECT_THAT(RandomOrder(0, 1), IsEmpty());
}

}  // namespace
}  // namespace pidlab
