#include "benchmarks/analysis/random.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;

// The values were computed with Python's integers.
TEST(Random, IsTheSameEverywhere) {
  Random zero(0);
  EXPECT_EQ(zero.Next(), 0xE220A8397B1DCDAF);
  EXPECT_EQ(zero.Next(), 0x6E789E6AA1B965F4);
  EXPECT_EQ(zero.Next(), 0x06C45D188009454F);
  Random other(1234567);
  EXPECT_EQ(other.Next(), 6457827717110365317U);
  EXPECT_EQ(other.Next(), 3203168211198807973U);
  EXPECT_EQ(other.Next(), 9817491932198370423U);
}

TEST(RandomBelow, IsTheSameEverywhere) {
  Random random(1234567);
  std::vector<uint32_t> numbers(12);
  for (uint32_t& number : numbers) number = random.Below(10);
  EXPECT_THAT(numbers, ElementsAre(3, 1, 5, 2, 8, 4, 5, 2, 4, 8, 4, 4));
}

TEST(RandomBelow, ReachesEveryNumberEquallyOften) {
  Random random(1);
  std::vector<int> times(7);
  for (int i = 0; i < 70000; ++i) ++times.at(random.Below(7));
  EXPECT_THAT(times, Each(Gt(9600)));  // 4 standard deviations
}

TEST(RandomBelow, HasNoChoiceBelowOne) {
  Random random(1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.Below(1), 0U);
}

}  // namespace
}  // namespace pidlab
