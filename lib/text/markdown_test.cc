#include "lib/text/markdown.h"

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::SizeIs;
using ::testing::StartsWith;

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

TEST(PlainText, HangsByTheWidthOfTheNumber) {
  const std::string first(70, 'a');
  EXPECT_EQ(PlainText("9. one\n10. " + first + "\n    bcd efg\n", 0),
            "9. one\n10. " + first + " bcd\n    efg\n");
  EXPECT_EQ(PlainText("3) three\n4) four\n", 0), "3) three\n4) four\n");
  EXPECT_EQ(PlainText("0.", 0), "0.\n");  // such a choice is not lost
}

TEST(PlainText, NestsBlocks) {
  EXPECT_EQ(PlainText("1. a\n   - b\n     c\n\n     ```\n     d\n     ```\n"
                      "   - e\n\n   > f\n2. g\n",
                      1),
            " 1. a\n    - b c\n\n        d\n    - e\n\n    > f\n 2. g\n");
  EXPECT_EQ(PlainText("> - a\n>\n>   b\n", 0), "> - a\n>\n>   b\n");
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
      "  See\n    " + code + "\n    - e\n    > f\n\n    # g\n  this.\n");
}

TEST(PlainText, KnowsEveryKindOfCodeBlock) {
  for (const std::string_view markdown :
       {"a\n\n```\n- b\n```\n\nc", "a\n\n~~~sh\n- b\n~~~\n\nc",
        "a\n\n`````\n- b\n`````\n\nc", "a\n\n    - b\n\nc"}) {
    EXPECT_EQ(PlainText(markdown, 0), "a\n\n  - b\n\nc\n") << markdown;
  }
  EXPECT_EQ(PlainText("````\n```\n~~~\n````\n", 0), "  ```\n  ~~~\n");
  EXPECT_EQ(PlainText("```\n# not closed\n", 0), "  # not closed\n");
}

TEST(PlainText, DropsTheMarksOfCodeAndBold) {
  EXPECT_EQ(PlainText("**This** is `code`, and **`both`**.\n", 0),
            "This is code, and both.\n");
  EXPECT_EQ(PlainText("- **a** * b\n", 0), "- a * b\n");
  EXPECT_EQ(PlainText("**a** `char **b` **c**\n", 0), "a char **b c\n");
}

TEST(PlainText, KnowsTheRestOfMarkdown) {
  EXPECT_EQ(PlainText("*a* _exit(2) [b](c) <pid> &amp; \\*", 0),
            "a _exit(2) b <pid> & *\n");
  EXPECT_EQ(PlainText("# a\nb\n\n\n***\n<p>\n", 0), "a\nb\n\n---\n  <p>\n");
  EXPECT_EQ(PlainText("**孤儿**\n`由`\n它收养", 0), "孤儿由它收养\n");
}

TEST(PlainText, WrapsWithoutCountingMarks) {
  std::string words = "a";
  for (int i = 0; i < 39; ++i) words += " **`b`**";
  EXPECT_THAT(PlainText(words, 0), SizeIs(80));
}

TEST(PlainText, SurvivesAnything) {
  const std::string word(1'000'000, 'x');
  EXPECT_EQ(PlainText("- a\n" + word, 0), "- a\n  " + word + "\n");
  EXPECT_THAT(PlainText(std::string(100'000, '>') + "a", 0), EndsWith(" a\n"));
  EXPECT_EQ(PlainText(std::string("a\0b", 3), 0), "a\uFFFDb\n");
  EXPECT_EQ(PlainText("a\rb\r\n- c\r\xE5", 0), "a b\n- c \xE5\n");
  EXPECT_EQ(PlainText("a" + std::string(1'000'000, '\r') + "b", 0), "a\n\nb\n");
}

TEST(PlainText, OfNothingIsNothing) { EXPECT_EQ(PlainText("", 2), ""); }

}  // namespace
}  // namespace pidlab
