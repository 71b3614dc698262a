#include "lib/text/wrap.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "lib/text/width.h"

namespace pidlab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The characters of a text in UTF-8.
std::vector<std::string> Characters(std::string_view text) {
  std::vector<std::string> characters;
  for (const char byte : text) {
    const bool goes_on = (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
    if (!goes_on) characters.emplace_back();
    characters.back() += byte;
  }
  return characters;
}

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("one two three", 6), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Wrap("one two three", 13), ElementsAre("one two three"));
  EXPECT_THAT(Wrap("kill(-1, 9) ends", 8), ElementsAre("kill(-1,", "9) ends"));
}

TEST(Wrap, BreaksBetweenChineseCharacters) {
  EXPECT_THAT(Wrap("一二三四五", 4), ElementsAre("一二", "三四", "五"));
  EXPECT_THAT(Wrap("一二三四五", 5), ElementsAre("一二", "三四", "五"));
  EXPECT_THAT(Wrap("一二三四五", 10), ElementsAre("一二三四五"));
}

TEST(Wrap, BreaksBetweenTheTwo) {
  EXPECT_THAT(Wrap("用 PID 1 收养", 6), ElementsAre("用 PID", "1 收养"));
  EXPECT_THAT(Wrap("收养init进程", 4), ElementsAre("收养", "init", "进程"));
  EXPECT_THAT(Wrap("收养init进程", 8), ElementsAre("收养init", "进程"));
}

TEST(Wrap, LeavesAnEmptyParagraphEmpty) {
  EXPECT_THAT(Wrap("", 10), ElementsAre(""));
}

TEST(Wrap, DoesNotBreakAWordThatIsLongerThanTheLine) {
  EXPECT_THAT(Wrap("a abcdefghij b", 5), ElementsAre("a", "abcdefghij", "b"));
  EXPECT_THAT(Wrap("abcdefghij", 5), ElementsAre("abcdefghij"));
  EXPECT_THAT(Wrap("一abcdefghij二", 5), ElementsAre("一", "abcdefghij", "二"));
}

TEST(Wrap, BeginsNoLineWithAClosingMark) {
  for (const std::string mark :
       {"，", "。", "、", "；", "：", "？", "！", "）", "》", "」", "』", "】",
        "”",  "’",  "…",  ",",  ".",  ";",  ":",  "?",  "!",  ")",  "]"}) {
    EXPECT_THAT(Wrap("一二" + mark + "三", 4),
                ElementsAre("一", "二" + mark, "三"));
  }
  EXPECT_THAT(Wrap("一二”）。三", 6), ElementsAre("一", "二”）。", "三"));
  EXPECT_THAT(Wrap("一PID，二", 6), ElementsAre("一", "PID，", "二"));
}

TEST(Wrap, EndsNoLineWithAnOpeningMark) {
  for (const std::string mark :
       {"（", "《", "「", "『", "【", "“", "‘", "(", "["}) {
    EXPECT_THAT(Wrap("一二" + mark + "三四", 6),
                ElementsAre("一二", mark + "三四"));
    EXPECT_THAT(Wrap("a二 " + mark + "三四", 5),
                Contains(StartsWith(mark + "三")));
    EXPECT_THAT(Wrap("ab" + mark + "三四", 4),
                Contains(HasSubstr(mark + "三")));
  }
  EXPECT_THAT(Wrap("一“（二", 6), ElementsAre("一", "“（二"));
}

// A sample of everything that handouts contain.
constexpr std::string_view kMixed =
    "在创建新PID namespace后,当前bash进程的pid变成了1(如果该pid "
    "namespace中有子孙"
    "namespace，也会直接被杀)。pid_namespaces(7) 的 “The namespace init "
    "process” "
    "一节；“孤儿”（orphan）由《手册》、‘init’（‘收养’……）！An orphan \"is\" "
    "adopted "
    "by PID 1 (see lab 09), then: it's reaped! 「好」。用“收养”一词，见 "
    "（那里）：x“中”。"
    "——`kernel/exit.c` 的 find_new_reaper()？是[对]的;对!";

bool IsOneOf(std::string_view marks, const std::string& character) {
  const std::vector<std::string> all = Characters(marks);
  return std::ranges::find(all, character) != all.end();
}

void ExpectGoodLines(std::string_view text, size_t width) {
  SCOPED_TRACE(std::to_string(width) + ": " + std::string(text));
  const std::vector<std::string> lines = Wrap(text, width);
  size_t at = 0;  // in `text`
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::vector<std::string> line = Characters(lines[i]);
    ASSERT_FALSE(line.empty());
    EXPECT_LE(DisplayWidth(lines[i]), width) << lines[i];
    EXPECT_NE(line.front(), " ");
    EXPECT_NE(line.back(), " ");
    if (i > 0 && text[at] == ' ') {
      ++at;
    } else if (i > 0) {
      const std::string before = Characters(lines[i - 1]).back();
      EXPECT_TRUE(DisplayWidth(before) == 2 || DisplayWidth(line.front()) == 2)
          << "a word is broken before " << lines[i];
      EXPECT_FALSE(IsOneOf("，。、；：？！）》」”’…,.;:?!)]", line.front()))
          << lines[i];
      EXPECT_FALSE(IsOneOf("（《「“‘([", before)) << lines[i - 1];
    }
    ASSERT_EQ(text.substr(at, lines[i].size()), lines[i])
        << "not the same text";
    at += lines[i].size();
  }
  EXPECT_EQ(at, text.size()) << "something is lost";
}

TEST(Wrap, MakesGoodLinesOfEveryPrefix) {
  // The longest word of the text has 20 columns.
  for (const size_t width : {20u, 21u, 33u, 80u}) {
    std::string prefix;
    for (const std::string& character : Characters(kMixed)) {
      prefix += character;
      if (character != " ") ExpectGoodLines(prefix, width);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace pidlab
