#include "tool/vm/private_apt.h"

#include "gtest/gtest.h"

namespace pidlab {
namespace {

void ExpectArchive(std::string_view targets, const std::string& main,
                   const std::string& security) {
  const DebianArchive archive = ArchiveIn(targets);
  EXPECT_EQ(archive.main, main) << targets;
  EXPECT_EQ(archive.security, security) << targets;
}

TEST(ArchiveIn, IsWhereTheSuitesOfDebianAre) {
  ExpectArchive(
      "Debian|file:/debian/|bookworm|main\n"
      "Debian|file:/debian/|bookworm-updates|main\n"
      "Debian|file:/security/|bookworm-security|main\n",
      "file:/debian/", "file:/security/");
  ExpectArchive("Debian|file:/debian/|stable|main\n", "file:/debian/", "");
}

TEST(ArchiveIn, IsNoneOfOtherOrigins) {
  ExpectArchive(
      "Somebody|file:/other/|bookworm|main\n"
      "Somebody|file:/other/|bookworm-security|main\n"
      "|file:/other/|bookworm|main\n"
      "Debian|file:/debian/|bookworm|main\n"
      "Debian|file:/security/|bookworm-security|main\n",
      "file:/debian/", "file:/security/");
  ExpectArchive("Ubuntu|file:/ubuntu/|noble|main\n", "", "");
  ExpectArchive("", "", "");
}

TEST(ArchiveIn, IsNeitherAnotherComponentNorADisc) {
  ExpectArchive(
      "Debian|cdrom:[Debian]/|bookworm|main\n"
      "Debian|file:/firmware/|bookworm|non-free-firmware\n"
      "Debian|file:/debian/|bookworm|main\n",
      "file:/debian/", "");
}

TEST(ArchiveIn, IsGuessedIfTheOriginIsNotKnown) {
  ExpectArchive(
      "$(ORIGIN)|file:/other/|bookworm|main\n"
      "$(ORIGIN)|file:/debian/|bookworm|main\n"
      "$(ORIGIN)|file:/debian/|bookworm-updates|main\n"
      "$(ORIGIN)|file:/another/|bookworm-updates|main\n"
      "$(ORIGIN)|file:/security/|bookworm-security|main\n",
      "file:/debian/", "file:/security/");
  ExpectArchive(
      "$(ORIGIN)|file:/debian/|sid|main\n$(ORIGIN)|file:/other/|sid|main\n",
      "file:/debian/", "");
}

TEST(ReasonOf, IsTheFirstThatAptCallsAnError) {
  EXPECT_EQ(ReasonOf({Exited(100), "", "W: x\nE: first\nE: second\n"}),
            "first");
  EXPECT_EQ(ReasonOf({Exited(2), "", "tar: this\ntar: that\n\n"}), "tar: this");
  EXPECT_EQ(ReasonOf({Exited(100), "E: what\n", ""}), "it exited with 100");
}

}  // namespace
}  // namespace pidlab
