#include "lib/lab/command_line.h"

#include <initializer_list>

#include "gmock/gmock.h"
#include "lib/host/error.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Greeting {
  std::string name;
  std::vector<std::string> others;
  int times = 2;
  double scale = 1;
  bool loud = false;
  bool quiet = false;
  Language language = Language::kEnglish;
};

Greeting said;  // set by the last command that ran

void AddGreet(CommandLine& line) {
  auto& greeting = line.Own<Greeting>();
  line.Argument("NAME", greeting.name, CommandLine::Must::kBeGiven, "Whom");
  line.Arguments("OTHERS", greeting.others, CommandLine::Must::kNotBeGiven,
                 "Whom else");
  line.Option("--times", greeting.times, 1, 3, "How often");
  line.TimeoutScaleOption(greeting.scale);
  line.Flag("--loud", greeting.loud, "Loudly");
  line.Flag("--quiet", greeting.quiet, "Quietly");
  line.Exclude("--loud", "--quiet");
  line.LanguageOption(greeting.language);
  line.Run([&greeting] {
    said = greeting;
    return 7;
  });
}

void AddTalk(CommandLine& line) {
  line.Subcommand("small", "Of the weather").Run([] { return 8; });
}

const CommandRegistration registrations[] = {
    CommandRegistration({20, "talk", "Talk", "  talk small\n", &AddTalk}),
    CommandRegistration(
        {10, "greet", "Greet", "  greet you\n  greet all\n", &AddGreet}),
};

int Type(std::initializer_list<const char*> words) {
  std::vector<std::string> texts = {"pidlab"};
  texts.insert(texts.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return RunCommandLine(static_cast<int>(texts.size()), pointers.data());
}

// The error message for these words.
std::string Complaint(std::initializer_list<const char*> words) {
  try {
    return "exit " + std::to_string(Type(words));
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code, kUsage);
    return error.message;
  }
}

std::string Printed(std::initializer_list<const char*> words) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Type(words), 0);
  return ::testing::internal::GetCapturedStdout();
}

TEST(CommandLine, RunsTheCommandWithWhatWasTyped) {
  EXPECT_EQ(Type({"greet", "you", "her", "him", "--times", "3", "--loud",
                  "--lang", "zh"}),
            7);
  EXPECT_EQ(said.name, "you");
  EXPECT_THAT(said.others, ElementsAre("her", "him"));
  EXPECT_EQ(said.times, 3);
  EXPECT_TRUE(said.loud);
  EXPECT_EQ(said.language, Language::kChinese);
  EXPECT_EQ(Type({"talk", "small"}), 8);
}

TEST(CommandLine, KeepsTheDefaultsOfTheRest) {
  EXPECT_EQ(Type({"greet", "you"}), 7);
  EXPECT_EQ(said.times, 2);
  EXPECT_FALSE(said.loud);
}

TEST(CommandLine, RefusesInOneLineWhatMakesNoSense) {
  EXPECT_THAT(Complaint({"greet"}), HasSubstr("NAME"));
  EXPECT_THAT(Complaint({"greet", "you", "--times", "4"}),
              AllOf(HasSubstr("--times"), HasSubstr("1 to 3")));
  EXPECT_THAT(Complaint({"greet", "you", "--times", "two"}),
              HasSubstr("--times"));
  EXPECT_THAT(Complaint({"greet", "you", "--timeout-scale", "nan"}),
              HasSubstr("is no number"));
  EXPECT_THAT(Complaint({"greet", "you", "--loud", "--quiet"}),
              HasSubstr("--loud"));
  EXPECT_THAT(Complaint({"greet", "you", "--lang", "fr"}), HasSubstr("fr"));
  EXPECT_THAT(Complaint({"talk"}), HasSubstr("subcommand"));
  EXPECT_THAT(Complaint({"shout"}), HasSubstr("shout"));
}

TEST(CommandLine, ShowsEachCommandsOwnExamplesAndDefaults) {
  EXPECT_THAT(Printed({"greet", "--help"}),
              AllOf(HasSubstr("  greet all\n"), HasSubstr("INT=2"),
                    ::testing::Not(HasSubstr("talk small"))));
  // The help has the first example of each command, in the order of their
  // places.
  EXPECT_THAT(Printed({"--help"}),
              AllOf(HasSubstr("Examples:\n  greet you\n  talk small\n"),
                    ::testing::Not(HasSubstr("greet all"))));
}

TEST(IsCommand, KnowsTheCommandsOfThisProgram) {
  EXPECT_TRUE(IsCommand("greet"));
  EXPECT_FALSE(IsCommand("shout"));
}

}  // namespace
}  // namespace pidlab
