#include "lib/lab/folders.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "lib/host/error.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Experiment Of(const std::string& folder, const std::string& name, int line) {
  return {name, folder + "/experiment.cc", line, {}, nullptr};
}

// Experiments may be linked in any order.
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

// The error message of FindFolder() for a name.
std::string Complaint(const std::string& name) {
  try {
    return "found " + FindFolder(name).path;
  } catch (const Error& error) {
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

}  // namespace
}  // namespace pidlab
