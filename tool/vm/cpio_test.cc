#include "tool/vm/cpio.h"

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

// A header of the format "newc" with these fields, each of eight hexadecimal
// digits: inode, mode, uid, gid, links, time, size, device that it is on (2),
// device that it is (2), size of the name with its end, no checksum.
std::string Header(const std::string& inode, const std::string& mode,
                   const std::string& size, const std::string& device,
                   const std::string& name_size) {
  const std::string none = "00000000";
  return "070701" + inode + mode + none + none + "00000001" + none + size +
         none + none + device + name_size + none;
}

const std::string kNoDevice = "0000000000000000";

// The name has 10 characters, and four zero bytes end it: 110 + 14 is a
// multiple of 4.
const std::string kTrailer =
    Header("00000000", "00000000", "00000000", kNoDevice, "0000000B") +
    std::string("TRAILER!!!\0\0\0\0", 14);

TEST(CpioArchive, IsItsTrailerWhenEmpty) {
  EXPECT_EQ(CpioArchive().Bytes(), kTrailer);
}

TEST(CpioArchive, AlignsNamesAndContents) {
  CpioArchive archive;
  archive.AddFile("/abc", "12345", 0755);
  EXPECT_EQ(archive.Bytes(),
            Header("00000001", "000081ED", "00000005", kNoDevice, "00000004") +
                std::string("abc\0\0\0", 6) + std::string("12345\0\0\0", 8) +
                kTrailer);
}

TEST(CpioArchive, AddsTheFoldersAboveFirst) {
  CpioArchive archive;
  archive.AddLink("/a/l", "target");
  const std::string folder =
      Header("00000001", "000041ED", "00000000", kNoDevice, "00000002") +
      std::string("a\0", 2);
  const std::string link =
      Header("00000002", "0000A1FF", "00000006", kNoDevice, "00000004") +
      std::string("a/l\0\0\0", 6) + std::string("target\0\0", 8);
  EXPECT_EQ(archive.Bytes(), folder + link + kTrailer);
  EXPECT_TRUE(archive.Has("/a"));
  EXPECT_FALSE(archive.Has("/l"));
}

TEST(CpioArchive, HasDevices) {
  CpioArchive archive;
  archive.AddCharacterDevice("/console", 5, 1, 0600);
  EXPECT_THAT(archive.Bytes(),
              StartsWith(Header("00000001", "00002180", "00000000",
                                "0000000500000001", "00000008")));
}

TEST(CpioArchive, AddsAPathOnce) {
  CpioArchive archive;
  archive.AddFile("/a", "first");
  const std::string once = archive.Bytes();
  archive.AddFile("/a", "second");
  archive.AddFolder("/a");
  EXPECT_EQ(archive.Bytes(), once);
  EXPECT_THAT(once, EndsWith(kTrailer));
}

}  // namespace
}  // namespace pidlab
