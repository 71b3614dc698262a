#include "lib/text/layout.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
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

// Of everything that handouts have.
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

TEST(PlainText, JoinsTheLinesOfAParagraph) {
  EXPECT_EQ(PlainText("An orphan\nis adopted.\n", 0),
            "An orphan is adopted.\n");
  EXPECT_EQ(PlainText("An orphan\nis adopted.", 2),
            "  An orphan is adopted.\n");
}

TEST(PlainText, JoinsChineseLinesWithoutABlank) {
  EXPECT_EQ(PlainText("孤儿由\n它收养。\n\n好，\n（是）\n", 0),
            "孤儿由它收养。\n\n好，（是）\n");
  EXPECT_EQ(PlainText("孤儿由\nPID 1\n收养。\n", 0), "孤儿由 PID 1 收养。\n");
}

TEST(PlainText, KeepsParagraphsApart) {
  EXPECT_EQ(PlainText("One.\n\nTwo.\n", 0), "One.\n\nTwo.\n");
}

TEST(PlainText, WrapsAt80Columns) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word ";
  words += "end\n";
  for (const size_t indent : {0u, 4u}) {
    const std::string text = PlainText(words, indent);
    const size_t first = text.find('\n');
    EXPECT_LE(first, kColumns);
    EXPECT_GT(first, kColumns - 5);
    EXPECT_THAT(text.substr(first + 1),
                StartsWith(std::string(indent, ' ') + "word"));
  }
}

TEST(PlainText, KeepsTheItemsOfAList) {
  EXPECT_EQ(
      PlainText("Both:\n- one\n- two,\n  three\n\n1. first\n2. second\n", 2),
      "  Both:\n  - one\n  - two, three\n\n  1. first\n  2. second\n");
}

TEST(PlainText, HangsTheLinesOfAnItem) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += " word";
  EXPECT_THAT(PlainText("-" + words, 2),
              AllOf(StartsWith("  - word"),
                    EndsWith("\n    word word word word word\n")));
  EXPECT_THAT(PlainText("1." + words, 0),
              AllOf(StartsWith("1. word"),
                    EndsWith("\n   word word word word word\n")));
}

TEST(PlainText, DoesNotHangTheLinesOfAParagraphBehindAList) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += "word ";
  EXPECT_THAT(PlainText("- a\n\n" + words + "end", 0),
              EndsWith("\nword word word word end\n"));
}

TEST(PlainText, MarksEveryLineOfAQuotation) {
  std::string words;
  for (int i = 0; i < 20; ++i) words += " word";
  EXPECT_EQ(PlainText("> a\n> b\n", 0), "> a b\n");
  EXPECT_EQ(PlainText("> 孤儿\n> 进程\n", 2), "  > 孤儿进程\n");
  EXPECT_THAT(PlainText(">" + words, 2),
              AllOf(StartsWith("  > word"),
                    EndsWith("\n  > word word word word word\n")));
  EXPECT_EQ(PlainText("They say:\n> a\n\n> b\n", 0), "They say:\n> a\n\n> b\n");
  EXPECT_EQ(PlainText("> a\n>\n> b\n", 2), "  > a\n  >\n  > b\n");
}

TEST(PlainText, LeavesCodeAsItIs) {
  const std::string code = "$ a  b **c** `d` " + std::string(100, 'x');
  EXPECT_EQ(
      PlainText("See\n```console\n" + code + "\n- e\n> f\n\n# g\n```\nthis.\n",
                2),
      "  See\n    " + code + "\n    - e\n    > f\n    \n    # g\n  this.\n");
}

TEST(PlainText, DropsTheMarksOfCodeAndBold) {
  EXPECT_EQ(PlainText("**This** is `code`, and **`both`**.\n", 0),
            "This is code, and both.\n");
  EXPECT_EQ(PlainText("- **a** * b\n", 0), "- a * b\n");
  EXPECT_EQ(PlainText("**a** `char **b` **c**\n", 0), "a char **b c\n");
}

TEST(PlainText, WrapsWithoutCountingMarks) {
  std::string words = "a";
  for (int i = 0; i < 39; ++i) words += " **`b`**";
  EXPECT_THAT(PlainText(words, 0), SizeIs(80));
}

TEST(PlainText, OfNothingIsNothing) { EXPECT_EQ(PlainText("", 2), ""); }

}  // namespace
}  // namespace pidlab
