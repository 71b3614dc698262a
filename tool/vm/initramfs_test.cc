#include "tool/vm/initramfs.h"

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(LibrariesIn, AreThePathsThatTheLoaderPrints) {
  EXPECT_THAT(
      LibrariesIn("/bin/a:\n"
                  "\tlinux-vdso.so.1 (0x00007ffc6e7e8000)\n"
                  "\tlibc.so.6 => /lib/libc.so.6 (0x00007f4c96000000)\n"
                  "\t/lib64/ld-linux.so.2 (0x00007f4c96253000)\n"
                  "/bin/b:\n"
                  "\tstatically linked\n"
                  "/bin/c:\n"
                  "\tlibgone.so => not found\n"
                  "\tlibc.so.6 => /lib/libc.so.6 (0x00007f1b00000000)\n"),
      ElementsAre("/lib/libc.so.6", "/lib64/ld-linux.so.2"));
  EXPECT_THAT(LibrariesIn("\tnot a dynamic executable\n"), IsEmpty());
}

// Each name in it is followed by a zero byte.
TEST(MakeInitramfs, HasItsInitTheTaskAndAShell) {
  const std::string bytes = MakeInitramfs(TaskFor({"some command"}));
  EXPECT_THAT(bytes, StartsWith("070701"));
  for (const std::string name :
       {"usr/bin/pidlab", "pidlab-task.json", "dev/console", "tmp",
        "usr/bin/sh", "etc/passwd"}) {
    EXPECT_THAT(bytes, HasSubstr(name + '\0')) << name;
  }
  EXPECT_THAT(bytes, HasSubstr(ToText(TaskFor({"some command"}))));
}

}  // namespace
}  // namespace pidlab
