#include "lib/host/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "gmock/gmock.h"
#include "lib/host/error.h"
#include "lib/host/temporary_folder.h"

namespace pidlab {
namespace {

using ::testing::HasSubstr;

ExitCode CodeOf(void (*run)()) {
  try {
    run();
  } catch (const Error& error) {
    EXPECT_THAT(error.message, HasSubstr("cannot read /no/such/file: ENOENT"));
    return error.exit_code;
  }
  return kEveryClaimHolds;
}

TEST(ReadAll, ReadsAFileWhole) {
  const TemporaryFolder folder;
  const std::string text(300000, 'x');
  folder.Write("long", text);
  EXPECT_EQ(ReadAll(folder.path() / "long"), text);
  EXPECT_EQ(ReadInput(folder.path() / "long"), text);
}

TEST(ReadAll, SaysWhyItCannot) {
  EXPECT_EQ(CodeOf([] { (void)ReadAll(std::string("/no/such/file")); }),
            kHarnessFailed);
  EXPECT_EQ(CodeOf([] { (void)ReadInput("/no/such/file"); }), kUsage);
}

TEST(ReadAll, IsInterrupted) {
  Pipe silent = MakePipe();
  Pipe interrupt = MakePipe();
  ASSERT_EQ(write(interrupt.write.get(), "x", 1), 1);
  EXPECT_THROW((void)ReadAll(silent.read.get(), interrupt.read.get()),
               Interrupted);
}

// Writes more than a pipe can hold into a pipe that does not block.
TEST(WriteAll, WaitsForItsReader) {
  Pipe pipe = MakePipe();
  fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK);
  const std::string text(300000, 'y');
  std::string read;
  std::thread reader([&] { read = ReadAll(pipe.read.get()); });
  EXPECT_TRUE(WriteAll(pipe.write.get(), text).ok());
  pipe.write.Close();
  reader.join();
  EXPECT_EQ(read, text);
}

TEST(WriteAll, SaysWhyItCannot) {
  const Fd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(WriteAll(full.get(), "x").err, ENOSPC);
}

TEST(MemoryFile, IsReadFromItsBeginning) {
  const Fd file = MemoryFile("a test");
  ASSERT_TRUE(WriteAll(file.get(), "one").ok());
  ASSERT_TRUE(WriteAll(file.get(), "two").ok());
  EXPECT_EQ(ContentsOf(file), "onetwo");
}

}  // namespace
}  // namespace pidlab
