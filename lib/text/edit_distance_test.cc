#include "lib/text/edit_distance.h"

#include "gtest/gtest.h"

namespace pidlab {
namespace {

TEST(EditDistance, CountsWhatHasToBeChanged) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("abc", "abc"), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("abc", "abd"), 1u);
  EXPECT_EQ(EditDistance("abc", "ac"), 1u);
  EXPECT_EQ(EditDistance("ac", "abc"), 1u);
  EXPECT_EQ(EditDistance("ab", "ba"), 2u);
  EXPECT_EQ(EditDistance("flaw", "lawn"), 2u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("sitting", "kitten"), 3u);
  EXPECT_EQ(EditDistance("intention", "execution"), 5u);
}

}  // namespace
}  // namespace pidlab
