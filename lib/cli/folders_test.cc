#include "lib/cli/folders.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Experiment Of(const std::string& folder, const std::string& name, int line) {
  return {name, folder + "/experiment.cc", line, {}, nullptr};
}

// As they are linked in: in any order.
const Registration registrations[] = {
    Registration(Of("labs/12_init_death", "EverybodyEnds", 9)),
    Registration(Of("experiments/pidfd_open", "APidfdStays", 9)),
    Registration(Of("labs/09_orphan_adoption", "Second", 40)),
    Registration(Of("labs/09_orphan_adoption", "First", 20)),
    Registration(Of("experiments/bash_traps", "BashTraps", 9)),
};

std::vector<std::string> Paths() {
  std::vector<std::string> paths;
  for (const Folder& folder : Folders()) paths.push_back(folder.path);
  return paths;
}

// What FindFolder() has to say against a name.
std::string Complaint(const std::string& name) {
  try {
    return "found " + FindFolder(name).path;
  } catch (const UsageError& error) {
    return error.message;
  }
}

TEST(Folders, AreTheLabsByNumberAndThenTheOthersByName) {
  EXPECT_THAT(Paths(),
              ElementsAre("labs/09_orphan_adoption", "labs/12_init_death",
                          "experiments/bash_traps", "experiments/pidfd_open"));
}

TEST(Folders, HaveANumberIfTheyAreTaught) {
  const std::vector<Folder> folders = Folders();
  EXPECT_EQ(folders[0].number, "09");
  EXPECT_EQ(folders[0].slug, "orphan_adoption");
  EXPECT_EQ(folders[3].number, "");
  EXPECT_EQ(folders[3].slug, "pidfd_open");
}

TEST(Folders, HaveTheirExperimentsByLine) {
  const Folder folder = Folders()[0];
  ASSERT_EQ(folder.experiments.size(), 2u);
  EXPECT_EQ(folder.experiments[0]->name, "First");
  EXPECT_EQ(folder.experiments[1]->name, "Second");
}

TEST(FindFolder, TakesTheNumberTheSlugOrBoth) {
  for (const char* name : {"9", "09", "009", "orphan_adoption",
                           "09_orphan_adoption", "labs/09_orphan_adoption"}) {
    EXPECT_EQ(FindFolder(name).path, "labs/09_orphan_adoption") << name;
  }
  EXPECT_EQ(FindFolder("12").path, "labs/12_init_death");
  for (const char* name : {"pidfd_open", "experiments/pidfd_open"}) {
    EXPECT_EQ(FindFolder(name).path, "experiments/pidfd_open") << name;
  }
}

TEST(FindFolder, SaysWhatMightHaveBeenMeant) {
  EXPECT_EQ(Complaint("orphan_adopton"),
            "there is no lab \"orphan_adopton\". Did you mean "
            "09_orphan_adoption? `pidlab list` shows all of them.");
  EXPECT_THAT(Complaint("9_orphan_adoption"),
              HasSubstr("Did you mean 09_orphan_adoption?"));
  EXPECT_THAT(Complaint("12_initdeath"),
              HasSubstr("Did you mean 12_init_death?"));
  EXPECT_THAT(Complaint("pidfd_opne"), HasSubstr("Did you mean pidfd_open?"));
}

TEST(FindFolder, DoesNotGuessWildly) {
  for (const char* name : {"", "7", "0", "99", "something_quite_different"}) {
    EXPECT_THAT(Complaint(name),
                AllOf(HasSubstr("there is no lab"), HasSubstr("`pidlab list`"),
                      Not(HasSubstr("Did you mean"))))
        << name;
  }
}

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

TEST(MatchesGlob, ComparesWhatHasNoStars) {
  EXPECT_TRUE(MatchesGlob("", ""));
  EXPECT_TRUE(MatchesGlob("S2-13", "S2-13"));
  EXPECT_FALSE(MatchesGlob("S2-13", "S2-1"));
  EXPECT_FALSE(MatchesGlob("S2-1", "S2-13"));
  EXPECT_FALSE(MatchesGlob("", "x"));
  EXPECT_FALSE(MatchesGlob("x", ""));
}

TEST(MatchesGlob, TakesAnyTextForAStar) {
  EXPECT_TRUE(MatchesGlob("*", ""));
  EXPECT_TRUE(MatchesGlob("*", "labs/09"));
  EXPECT_TRUE(MatchesGlob("Orphan*", "OrphansGo"));
  EXPECT_TRUE(MatchesGlob("Orphan*", "Orphan"));
  EXPECT_TRUE(MatchesGlob("*Go", "OrphansGo"));
  EXPECT_TRUE(MatchesGlob("*s*o*", "OrphansGo"));
  EXPECT_TRUE(MatchesGlob("**", "x"));
  EXPECT_TRUE(MatchesGlob("*aab", "aaaab"));
  EXPECT_FALSE(MatchesGlob("Orphan*", "AnOrphan"));
  EXPECT_FALSE(MatchesGlob("*Go", "OrphansGoes"));
  EXPECT_FALSE(MatchesGlob("a*b*c", "acb"));
}

TEST(MatchesGlob, TakesOneCharacterForAQuestionMark) {
  EXPECT_TRUE(MatchesGlob("S?-13", "S2-13"));
  EXPECT_TRUE(MatchesGlob("?*", "x"));
  EXPECT_FALSE(MatchesGlob("?", ""));
  EXPECT_FALSE(MatchesGlob("?", "xy"));
  EXPECT_FALSE(MatchesGlob("?*", ""));
}

TEST(MatchesGlob, TakesManyStars) {
  std::string stars;
  for (int i = 0; i < 30; ++i) stars += "*a";
  const std::string text(200, 'a');
  EXPECT_TRUE(MatchesGlob(stars, text));
  EXPECT_FALSE(MatchesGlob(stars + "b", text));
}

TEST(MatchesGlob, TakesNothingElseForSpecial) {
  EXPECT_TRUE(MatchesGlob("[a].\\", "[a].\\"));
  EXPECT_FALSE(MatchesGlob("[a]", "a"));
  EXPECT_FALSE(MatchesGlob("a.c", "abc"));
  EXPECT_FALSE(MatchesGlob("a", "*"));
}

}  // namespace
}  // namespace pidlab
