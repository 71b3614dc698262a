#include "lib/lab/handout.h"

#include <algorithm>
#include <regex>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kEnglish = R"(# 09 Orphans find a home

## Claim

An orphan is adopted by PID 1.
Always.

> 孤儿进程

## Predict

### Before step 2: what does `getppid()` give?

The parent has ended.

- a) 0
- b) 1, for it is
  the one who adopts
- c) 2: nobody tells it

Answer: b

### Before step 3: who reaps it?
- a) nobody
- b) `init`

Answer: a

## Run

### 1. Make an orphan

Its parent
ends.

### 2. Ask it. Twice

Because.

### 3. Wait

As in

```
## Not a section
### 4. Not a step
```

## Explain

The kernel does.

### Not a step

## By hand

Look:

```console
$ echo one; echo two
one
two
$ true
$ echo '## Hints'
## Hints

after a blank line
```

```sh
$ echo this is no session
```

```console step=2
$ ps -p $init
…1…
> is output here
$ for i in 1 2; do
>   echo $i
> done
1
2
```

## Hints

1. A nudge.
2. More
   of it.
3. The answer.
)";

constexpr std::string_view kChinese = R"(# 09 孤儿有家可归

## 论断

孤儿进程由 PID 1 收养。

## 预测

### 第 2 步之前：`getppid()` 返回什么？

父进程已经结束。

- a) 0
- b) 1：由它收养

答案：b

## 运行

### 1. 造一个孤儿

它的父进程
结束了。

## 解释

内核如此。

## 动手

```console step=1
$ true
```

## 提示

1. 想一想。
2. 再想一想。
3. 是 1。
)";

// `text` with its first `what` replaced.
std::string With(std::string_view text, std::string_view what,
                 std::string_view by) {
  std::string changed(text);
  return changed.replace(changed.find(what), what.size(), by);
}

// The beginning of a message about the line that contains `what`.
std::string At(std::string_view what, std::string_view text) {
  const std::string_view before = text.substr(0, text.find(what));
  return "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ": ";
}

// The error message of ParseHandout() for it.
std::string MistakeIn(std::string_view text,
                      Language language = Language::kEnglish) {
  try {
    (void)ParseHandout(text, language);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

// Replaces `what` in the English handout, and expects an error in the line of
// `by`.
void ExpectMistake(std::string_view what, std::string_view by,
                   std::string_view message) {
  const std::string text = With(kEnglish, what, by);
  EXPECT_THAT(MistakeIn(text),
              AllOf(StartsWith(At(by, text)), HasSubstr(std::string(message))))
      << by;
}

TEST(Handout, HasItsTexts) {
  const Handout handout = ParseHandout(kEnglish, Language::kEnglish);
  EXPECT_EQ(handout.title, "Orphans find a home");
  EXPECT_EQ(handout.claim,
            "An orphan is adopted by PID 1.\nAlways.\n\n> 孤儿进程");
  EXPECT_EQ(handout.explain, "The kernel does.\n\n### Not a step");
  EXPECT_THAT(handout.by_hand,
              AllOf(StartsWith("Look:\n\n```console\n"), HasSubstr("\n```sh\n"),
                    HasSubstr("\n\nafter a blank line\n")));
  EXPECT_THAT(handout.hints,
              ElementsAre("A nudge.", "More\nof it.", "The answer."));
}

TEST(Handout, HasItsPredictions) {
  const Handout handout = ParseHandout(kEnglish, Language::kEnglish);
  ASSERT_THAT(handout.predictions, SizeIs(2));
  const Prediction& first = handout.predictions[0];
  EXPECT_EQ(first.step, 2);
  EXPECT_EQ(first.question, "what does `getppid()` give?");
  EXPECT_EQ(first.text, "The parent has ended.");
  EXPECT_THAT(first.choices,
              ElementsAre("0", "1, for it is\nthe one who adopts",
                          "2: nobody tells it"));
  EXPECT_EQ(first.answer, 'b');
  const Prediction& second = handout.predictions[1];
  EXPECT_EQ(second.step, 3);
  EXPECT_EQ(second.text, "");
  EXPECT_THAT(second.choices, ElementsAre("nobody", "`init`"));
  EXPECT_EQ(second.answer, 'a');
}

TEST(Handout, HasItsSteps) {
  const Handout handout = ParseHandout(kEnglish, Language::kEnglish);
  ASSERT_THAT(handout.steps, SizeIs(3));
  EXPECT_EQ(handout.steps[0].title, "Make an orphan");
  EXPECT_EQ(handout.steps[0].why, "Its parent\nends.");
  EXPECT_EQ(handout.steps[1].title, "Ask it. Twice");
  EXPECT_EQ(handout.steps[2].why,
            "As in\n\n```\n## Not a section\n### 4. Not a step\n```");
}

TEST(Handout, HasItsSessions) {
  const Handout handout = ParseHandout(kEnglish, Language::kEnglish);
  ASSERT_THAT(handout.sessions, SizeIs(2));
  const Session& first = handout.sessions[0];
  EXPECT_EQ(first.step, 0);
  ASSERT_THAT(first.commands, SizeIs(3));
  EXPECT_EQ(first.commands[0].command, "echo one; echo two");
  EXPECT_EQ(first.commands[0].output, "one\ntwo\n");
  EXPECT_EQ(first.commands[1].command, "true");
  EXPECT_EQ(first.commands[1].output, "");
  EXPECT_EQ(first.commands[2].command, "echo '## Hints'");
  EXPECT_EQ(first.commands[2].output, "## Hints\n\nafter a blank line\n");
  const Session& second = handout.sessions[1];
  EXPECT_EQ(second.step, 2);
  ASSERT_THAT(second.commands, SizeIs(2));
  EXPECT_EQ(second.commands[0].command, "ps -p $init");
  EXPECT_EQ(second.commands[0].output, "…1…\n> is output here\n");
  EXPECT_EQ(second.commands[1].command, "for i in 1 2; do\n  echo $i\ndone");
  EXPECT_EQ(second.commands[1].output, "1\n2\n");
}

TEST(Handout, HasEveryKindOfFence) {
  std::string text =
      With(kEnglish, "## Not a section", "FENCE\n## Not a section");
  text = With(text, "1\n2\n", "1\nFENCE\n2\n");
  for (const std::string fence : {"~~~", "````", "~~~~~"}) {
    const Handout handout = ParseHandout(
        std::regex_replace(std::regex_replace(text, std::regex("```"), fence),
                           std::regex("FENCE"), "```"),
        Language::kEnglish);
    ASSERT_THAT(handout.steps, SizeIs(3));
    EXPECT_THAT(handout.steps[2].why, HasSubstr("\n```\n## Not a section\n"));
    ASSERT_THAT(handout.sessions, SizeIs(2));
    EXPECT_EQ(handout.sessions[1].step, 2);
    EXPECT_EQ(handout.sessions[1].commands[1].output, "1\n```\n2\n");
  }
}

TEST(Handout, HasSessionsInLists) {
  const std::string text =
      With(kEnglish, "Look:\n",
           "1. Look:\n\n   ```console step=3\n   $ true\n   ```\n");
  const Handout handout = ParseHandout(text, Language::kEnglish);
  ASSERT_THAT(handout.sessions, SizeIs(3));
  EXPECT_EQ(handout.sessions[0], (Session{3, {{"true", ""}}}));
}

TEST(Handout, HasListsInLists) {
  std::string text = With(kEnglish, "Because.", "- a\n  - b\n\n    c");
  text = With(text, "  the one who adopts", "  - d\n    e\n\n  f");
  text = With(text, "   of it.", "   1. g\n\n      ```\n      - h\n      ```");
  const Handout handout = ParseHandout(text, Language::kEnglish);
  EXPECT_EQ(handout.steps[1].why, "- a\n  - b\n\n    c");
  EXPECT_THAT(
      handout.predictions[0].choices,
      ElementsAre("0", "1, for it is\n- d\n  e\n\nf", "2: nobody tells it"));
  EXPECT_THAT(handout.hints,
              ElementsAre("A nudge.", "More\n1. g\n\n   ```\n   - h\n   ```",
                          "The answer."));
}

TEST(Handout, HasMoreThanNineHints) {
  std::string text = With(kEnglish, "3. The answer.\n", "");
  for (int i = 3; i <= 11; ++i) {
    text += std::to_string(i) + ". Hint\n    " + std::to_string(i) + "\n";
  }
  const Handout handout = ParseHandout(text, Language::kEnglish);
  ASSERT_THAT(handout.hints, SizeIs(11));
  EXPECT_EQ(handout.hints[10], "Hint\n11");
}

TEST(Handout, HasLongLines) {
  const std::string line(1'000'000, 'x');
  const std::string deep = std::string(100'000, '>') + " x";
  std::string text = With(kEnglish, "Always.", line);
  text = With(text, "The kernel does.", deep);
  const Handout handout = ParseHandout(text, Language::kEnglish);
  EXPECT_THAT(handout.claim, HasSubstr("\n" + line + "\n"));
  EXPECT_THAT(handout.explain, StartsWith(deep + "\n"));
}

TEST(Handout, IsReadInChinese) {
  const Handout handout = ParseHandout(kChinese, Language::kChinese);
  EXPECT_EQ(handout.title, "孤儿有家可归");
  EXPECT_EQ(handout.claim, "孤儿进程由 PID 1 收养。");
  ASSERT_THAT(handout.predictions, SizeIs(1));
  EXPECT_EQ(handout.predictions[0].step, 2);
  EXPECT_EQ(handout.predictions[0].question, "`getppid()` 返回什么？");
  EXPECT_THAT(handout.predictions[0].choices, ElementsAre("0", "1：由它收养"));
  EXPECT_EQ(handout.predictions[0].answer, 'b');
  ASSERT_THAT(handout.steps, SizeIs(1));
  EXPECT_EQ(handout.steps[0].title, "造一个孤儿");
  EXPECT_EQ(handout.steps[0].why, "它的父进程\n结束了。");
  ASSERT_THAT(handout.sessions, SizeIs(1));
  EXPECT_EQ(handout.sessions[0].step, 1);
  EXPECT_EQ(handout.explain, "内核如此。");
  EXPECT_THAT(handout.hints, SizeIs(3));
}

TEST(Handout, NeedsNoEndOfItsLastLine) {
  const std::string_view cut = kEnglish.substr(0, kEnglish.size() - 1);
  EXPECT_EQ(ParseHandout(cut, Language::kEnglish).hints[2], "The answer.");
}

TEST(Handout, IsSplitAtTheFirstColonOfAQuestion) {
  const auto question = [](std::string_view heading) {
    return ParseHandout(
               With(kChinese, "2 步之前：`getppid()` 返回什么？", heading),
               Language::kChinese)
        .predictions[0]
        .question;
  };
  EXPECT_EQ(question("2 步之前：`PPid: 1` 是谁？"), "`PPid: 1` 是谁？");
  EXPECT_EQ(question("2 步之前: 是“1：2”吗？"), "是“1：2”吗？");
}

TEST(Handout, IsInOneLanguage) {
  EXPECT_THAT(MistakeIn(kChinese, Language::kEnglish),
              AllOf(StartsWith("line 3: "), HasSubstr("\"## Claim\"")));
  EXPECT_THAT(MistakeIn(kEnglish, Language::kChinese),
              AllOf(StartsWith("line 3: "), HasSubstr("\"## 论断\"")));
  EXPECT_THAT(
      MistakeIn(With(kChinese, "答案：", "Answer: "), Language::kChinese),
      HasSubstr("答案："));
}

TEST(HandoutMistake, ASectionIsMissing) {
  // The next section stands in its place.
  for (const auto& [section, next] :
       {std::pair("## Claim", "## Predict"), std::pair("## Predict", "## Run"),
        std::pair("## Run", "## Explain"),
        std::pair("## Explain", "## By hand"),
        std::pair("## By hand", "## Hints\n\n1.")}) {
    const std::string text = With(kEnglish, section, "");
    EXPECT_THAT(MistakeIn(text), AllOf(StartsWith(At(next, text)),
                                       HasSubstr("\"" + std::string(section))));
  }
}

TEST(HandoutMistake, TheLastSectionIsMissing) {
  // The "## Hints" in the code block is not a section.
  const std::string text(kEnglish.substr(0, kEnglish.rfind("## Hints")));
  const auto lines = std::to_string(std::ranges::count(text, '\n'));
  EXPECT_THAT(MistakeIn(text), AllOf(StartsWith("line " + lines + ": "),
                                     HasSubstr("\"## Hints\"")));
}

TEST(HandoutMistake, ThereIsNothing) {
  for (const std::string_view text : {"", "\n", "# 09 Title\n"}) {
    EXPECT_THAT(MistakeIn(text),
                AllOf(StartsWith("line 1: "), HasSubstr("\"## Claim\"")));
  }
}

TEST(HandoutMistake, SectionsAreInAnotherOrder) {
  std::string text =
      With(With(kEnglish, "## Run", "## X"), "## Explain", "## Run");
  text = With(text, "## X", "## Explain");
  EXPECT_THAT(MistakeIn(text), AllOf(StartsWith(At("## Explain", text)),
                                     HasSubstr("\"## Run\"")));
}

TEST(HandoutMistake, ASectionHasAnotherName) {
  ExpectMistake("## By hand", "## by hand", "\"## By hand\"");
}

TEST(HandoutMistake, ThereIsASectionTooMany) {
  const std::string text = std::string(kEnglish) + "\n## More\n";
  EXPECT_THAT(MistakeIn(text),
              AllOf(StartsWith(At("## More", text)), HasSubstr("too many")));
}

TEST(HandoutMistake, ACodeBlockIsNotClosed) {
  const std::string text = With(kEnglish, "1\n2\n```\n", "1\n2\n");
  EXPECT_THAT(MistakeIn(text), HasSubstr("\"## Hints\""));
  EXPECT_THAT(MistakeIn(With(text, "1\n2\n", "1\n2\n~~~\n")),
              HasSubstr("\"## Hints\""));
}

TEST(HandoutMistake, ThereIsAControlCharacter) {
  for (const std::string_view character :
       {std::string_view("\0", 1), std::string_view("\r"),
        std::string_view("\x1b"), std::string_view("\x7f")}) {
    ExpectMistake("## Run", "## Run" + std::string(character),
                  "control character");
  }
}

TEST(HandoutMistake, TheFirstLineIsNoTitle) {
  for (const std::string_view line :
       {"", "09 Orphans", "#09 Orphans", "# Orphans", "# ", "# 09 "}) {
    EXPECT_THAT(MistakeIn(With(kEnglish, "# 09 Orphans find a home", line)),
                AllOf(StartsWith("line 1: "), HasSubstr("# NN Title")))
        << line;
  }
}

TEST(HandoutMistake, APredictionDoesNotSayBeforeWhichStep) {
  ExpectMistake("Before step 2: what", "Before the end: what", "which step");
  ExpectMistake("Before step 2: what does", "Before the end: does PID 1 and",
                "which step");
  ExpectMistake("Before step 2:", "Before step 99999999999:", "which step");
}

TEST(HandoutMistake, APredictionAsksNothing) {
  ExpectMistake("### Before step 3: who reaps it?", "### Before step 3",
                "colon");
}

TEST(HandoutMistake, APredictionHasNoChoices) {
  const std::string text =
      With(kEnglish, "- a) nobody\n- b) `init`\n", "He who waits.\n");
  EXPECT_THAT(MistakeIn(text), AllOf(StartsWith(At("### Before step 3", text)),
                                     HasSubstr("- a)")));
}

TEST(HandoutMistake, APredictionHasOneChoice) {
  const std::string text = With(kEnglish, "- b) `init`\n", "");
  EXPECT_THAT(MistakeIn(text), AllOf(StartsWith(At("### Before step 3", text)),
                                     HasSubstr("needs choices")));
}

TEST(HandoutMistake, TheLettersOfTheChoicesAreInAnotherOrder) {
  for (const auto& [what, by, due] : {std::tuple("- b) 1", "- c) 1", "- b)"),
                                      std::tuple("- a) 0", "- 0", "- a)"),
                                      std::tuple("- c) 2", "- c 2", "- c)"),
                                      std::tuple("- c) 2", "- C) 2", "- c)")}) {
    const std::string text = With(kEnglish, what, by);
    EXPECT_THAT(
        MistakeIn(text),
        AllOf(StartsWith(At("### Before step 2", text)), HasSubstr(due)));
  }
}

TEST(HandoutMistake, APredictionHasNoAnswer) {
  for (const std::string_view answer : {"", "Answer:", "Answer b", "答案：b"}) {
    const std::string text = With(kEnglish, "Answer: b", answer);
    EXPECT_THAT(MistakeIn(text),
                AllOf(StartsWith(At("### Before step 2", text)),
                      HasSubstr("\"Answer: …\"")))
        << answer;
  }
}

TEST(HandoutMistake, TheAnswerStandsInTheLastChoice) {
  const std::string text = With(kEnglish, "\nAnswer: a", "Answer: a");
  EXPECT_THAT(MistakeIn(text), AllOf(StartsWith(At("### Before step 3", text)),
                                     HasSubstr("blank line")));
}

TEST(HandoutMistake, TheAnswerIsNoChoice) {
  for (const std::string_view answer :
       {"d", "B", "2", "", " b", "both", "b."}) {
    ExpectMistake("Answer: b", "Answer: " + std::string(answer), "no choice");
  }
}

TEST(HandoutMistake, AStepIsOutOfOrder) {
  ExpectMistake("### 1. Make", "### 2. Make", "\"### 1. …\"");
  ExpectMistake("### 2. Ask", "### 1. Ask", "\"### 2. …\"");
  ExpectMistake("### 3. Wait", "### 4. Wait", "\"### 3. …\"");
  ExpectMistake("### 3. Wait", "### Wait", "\"### 3. …\"");
  ExpectMistake("### 3. Wait", "### 3 Wait", "\"### 3. …\"");
  ExpectMistake("### 3. Wait", "### 3.Wait", "\"### 3. …\"");
  ExpectMistake("### 3. Wait", "### x. Wait", "\"### 3. …\"");
}

TEST(HandoutMistake, AStepDoesNotSayWhy) {
  const std::string text = With(kEnglish, "\nBecause.\n", "\n");
  EXPECT_THAT(MistakeIn(text),
              AllOf(StartsWith(At("### 2. Ask", text)), HasSubstr("why")));
}

TEST(HandoutMistake, OutputStandsBeforeACommand) {
  ExpectMistake("$ echo one", "#echo one", "$ …");
  ExpectMistake("$ echo one", "$echo one", "$ …");
}

TEST(HandoutMistake, ASessionBelongsToNoStep) {
  for (const std::string_view step :
       {"step=0", "step=", "step=x", "step=-2", "step=2x", "step=x2",
        "step=99999999999", "stp=2", "2"}) {
    ExpectMistake("```console step=2", "```console " + std::string(step),
                  "step=");
  }
}

TEST(HandoutMistake, TextWouldBeLost) {
  ExpectMistake("  the one who adopts", "the one who adopts", "indent");
  ExpectMistake("   of it.", "of it.", "indent");
  ExpectMistake("1. A nudge", "x. A nudge", "indent");
  ExpectMistake("1. A nudge", ". A nudge", "indent");
  for (const std::string_view end : {"\n", "\n\n"}) {
    const std::string text = With(kEnglish, "Answer: a\n",
                                  "Answer: a" + std::string(end) + "Thus.\n");
    EXPECT_THAT(MistakeIn(text), AllOf(StartsWith(At("Thus", text)),
                                       HasSubstr("below the answer")));
  }
  ExpectMistake("Answer: a", "Thus.\n\nAnswer: a", "indent");
  for (const std::string section : {"## Predict\n", "## Run\n"}) {
    const std::string begun = With(kEnglish, section, section + "\nFirst.\n");
    EXPECT_THAT(MistakeIn(begun), AllOf(StartsWith(At("First.", begun)),
                                        HasSubstr("shown nowhere")));
  }
}

TEST(MatchesOutput, ComparesWhatHasNoDots) {
  EXPECT_TRUE(MatchesOutput("", ""));
  EXPECT_TRUE(MatchesOutput("1 0\n", "1 0\n"));
  EXPECT_FALSE(MatchesOutput("1 0\n", "1 0"));
  EXPECT_FALSE(MatchesOutput("1 0", "1 0\n"));
  EXPECT_FALSE(MatchesOutput("", "\n"));
  EXPECT_FALSE(MatchesOutput("\n", ""));
  EXPECT_FALSE(MatchesOutput("1 0\n", "1 1\n"));
  // Three dots do not mean "…".
  EXPECT_FALSE(MatchesOutput("1...\n", "1 0\n"));
}

TEST(MatchesOutput, TakesAnythingForDots) {
  EXPECT_TRUE(MatchesOutput("… 0\n", "4711 0\n"));
  EXPECT_TRUE(MatchesOutput("1 … 0\n", "1 4711 0\n"));
  EXPECT_TRUE(MatchesOutput("1 …\n", "1 4711 0\n"));
  EXPECT_TRUE(MatchesOutput("…\n", "4711\n"));
  EXPECT_TRUE(MatchesOutput("…", "4711"));
  EXPECT_FALSE(MatchesOutput("… 0\n", "4711 1\n"));
  EXPECT_FALSE(MatchesOutput("1 …\n", "2 4711\n"));
  EXPECT_FALSE(MatchesOutput("1 … 0\n", "1 4711\n"));
}

TEST(MatchesOutput, TakesNothingForDotsToo) {
  EXPECT_TRUE(MatchesOutput("…", ""));
  EXPECT_TRUE(MatchesOutput("…\n", "\n"));
  EXPECT_TRUE(MatchesOutput("1…0…\n", "10\n"));
  EXPECT_FALSE(MatchesOutput("…\n", ""));
}

TEST(MatchesOutput, TakesTheSecondChanceForTheRest) {
  EXPECT_TRUE(MatchesOutput("…1 0\n", "1 1 0\n"));
  EXPECT_TRUE(MatchesOutput("…3	2\n", "33	3	3	2\n"));
  EXPECT_TRUE(MatchesOutput("…aab…\n", "aaaab\n"));
}

TEST(MatchesOutput, TakesSeveralDots) {
  EXPECT_TRUE(MatchesOutput("… a … b …\n", "1 a 2 b 3\n"));
  EXPECT_FALSE(MatchesOutput("… a … b …\n", "1 b 2 a 3\n"));
  EXPECT_TRUE(MatchesOutput("……\n", "1\n"));
  EXPECT_TRUE(MatchesOutput("……1……\n", "1\n"));
  EXPECT_FALSE(MatchesOutput("……2……\n", "1\n"));
}

TEST(MatchesOutput, TakesManyDots) {
  std::string many;
  for (int i = 0; i < 30; ++i) many += "…a";
  const std::string text(200, 'a');
  EXPECT_TRUE(MatchesOutput(many, text));
  EXPECT_FALSE(MatchesOutput(many + "b", text));
}

TEST(MatchesOutput, DoesNotCrossTheEndOfALine) {
  EXPECT_FALSE(MatchesOutput("…\n", "1\n2\n"));
  EXPECT_FALSE(MatchesOutput("1…2\n", "1\n2\n"));
  EXPECT_FALSE(MatchesOutput("……\n", "1\n2\n"));
  EXPECT_FALSE(MatchesOutput("…", "1\n"));
  EXPECT_TRUE(MatchesOutput("…\n…\n", "1\n2\n"));
  EXPECT_FALSE(MatchesOutput("…\n…\n", "1\n"));
  EXPECT_TRUE(MatchesOutput("a…\n\n…b\n", "a1\n\n2b\n"));
}

TEST(Session, IsComparedByItsStepAndCommands) {
  const Session session = {2, {{"true", ""}, {"echo 1", "1\n"}}};
  EXPECT_EQ(session, session);
  EXPECT_FALSE(session == (Session{3, session.commands}));
  EXPECT_FALSE(session == (Session{2, {{"true", ""}}}));
  EXPECT_FALSE(session == (Session{2, {{"true", ""}, {"echo 1", "2\n"}}}));
  EXPECT_FALSE(session == (Session{2, {{"true", ""}, {"echo 2", "1\n"}}}));
}

const LabTextsRegistration registration({"labs/09_orphan", kEnglish, kChinese,
                                         "transcript"});

TEST(LabTexts, AreFoundByTheirFolder) {
  const LabTexts* texts = FindLabTexts("labs/09_orphan");
  ASSERT_NE(texts, nullptr);
  EXPECT_EQ(texts->english, kEnglish);
  EXPECT_EQ(texts->chinese, kChinese);
  EXPECT_EQ(texts->transcript, "transcript");
  EXPECT_EQ(FindLabTexts("09_orphan"), nullptr);
  EXPECT_EQ(FindLabTexts(""), nullptr);
}

}  // namespace
}  // namespace pidlab
