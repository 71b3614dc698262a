#include "lib/text/width.h"

#include <string_view>

#include "gtest/gtest.h"

namespace pidlab {
namespace {

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("PID 1"), 5u);
  EXPECT_EQ(DisplayWidth("é"), 1u);
  EXPECT_EQ(DisplayWidth("─│├└"), 4u);
  EXPECT_EQ(DisplayWidth("a…b"), 3u);
  EXPECT_EQ(DisplayWidth("“”‘’"), 4u);
}

TEST(DisplayWidth, CountsChineseCharactersTwice) {
  EXPECT_EQ(DisplayWidth("孤儿"), 4u);
  EXPECT_EQ(DisplayWidth("，。、；：？！（）《》「」"), 26u);
  EXPECT_EQ(DisplayWidth("𠀀a"), 3u);
  EXPECT_EQ(DisplayWidth("孤儿 PID 1。"), 12u);
}

TEST(DisplayWidth, SurvivesWhatIsNoUtf8) {
  for (const std::string_view text : {"\xff", "\x80", "\xe5", "\xe5\xad",
                                      "\xf0\xa0", "\xe5\xad\x61", "a\xc3"}) {
    EXPECT_GE(DisplayWidth(text), 1u);
    EXPECT_LE(DisplayWidth(text), 2 * text.size());
  }
}

TEST(Padded, FillsUpToTheWidth) {
  EXPECT_EQ(Padded("ab", 4), "ab  ");
  EXPECT_EQ(Padded("孤", 4), "孤  ");
  EXPECT_EQ(Padded("", 2), "  ");
}

TEST(Padded, CutsNothingOff) {
  EXPECT_EQ(Padded("abcd", 4), "abcd");
  EXPECT_EQ(Padded("abcde", 4), "abcde");
  EXPECT_EQ(Padded("孤儿", 3), "孤儿");
}

}  // namespace
}  // namespace pidlab
