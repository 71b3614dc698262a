#include "lib/host/find_program.h"

#include "gtest/gtest.h"
#include "lib/host/temporary_folder.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

class FindProgramTest : public ::testing::Test {
 protected:
  FindProgramTest() {
    folder_.Write("a/tool", "");
    folder_.Write("b/tool", "");
    fs::permissions(folder_.path() / "b/tool", fs::perms::owner_all);
    fs::create_directory(folder_.path() / "a/folder");
  }
  std::string Path() const {
    return (folder_.path() / "a").string() + ":" +
           (folder_.path() / "b").string();
  }

  const TemporaryFolder folder_;
};

TEST_F(FindProgramTest, TakesTheFirstThatCanBeRun) {
  EXPECT_EQ(FindProgram("tool", Path()), folder_.path() / "b/tool");
}

TEST_F(FindProgramTest, TakesNoFolderAndNothingThatIsNotThere) {
  EXPECT_EQ(FindProgram("folder", Path()), "");
  EXPECT_EQ(FindProgram("other", Path()), "");
}

TEST_F(FindProgramTest, KnowsWhereASystemHasThem) {
  EXPECT_NE(FindProgram("sh"), "");
}

}  // namespace
}  // namespace pidlab
