#include "lib/host/command.h"

#include <fcntl.h>

#include <csignal>

#include "gtest/gtest.h"
#include "lib/host/files.h"
#include "lib/linux/clone.h"

namespace pidlab {
namespace {

Ending EndingOfCommand(const std::vector<std::string>& words) {
  return Command::Start(words).Wait();
}

TEST(Command, ExitsWithItsStatus) {
  EXPECT_EQ(EndingOfCommand({"sh", "-c", "exit 3"}), Exited(3));
  EXPECT_EQ(EndingOfCommand({"no-such-program"}), Exited(kNotExecuted));
}

TEST(Command, HasTheStreamsThatItIsGiven) {
  const Fd in = MemoryFile("in");
  const Fd out = MemoryFile("out");
  const Fd err = MemoryFile("err");
  ASSERT_EQ(pwrite(in.get(), "word\n", 5, 0), 5);
  Command command = Command::Start(
      {"sh", "-c", "read line; echo out $line; echo err $line >&2"},
      {in.get(), out.get(), err.get()});
  EXPECT_EQ(command.Wait(), Exited(0));
  EXPECT_EQ(ContentsOf(out), "out word\n");
  EXPECT_EQ(ContentsOf(err), "err word\n");
}

TEST(Command, IsToldOfByItsPidfd) {
  Command command = Command::Start({"sleep", "1000"});
  EXPECT_FALSE(WaitReadable(command.pidfd(), Deadline::In({})));
  EXPECT_TRUE(command.Send(SIGTERM).ok());
  EXPECT_EQ(command.Wait(), KilledBy(SIGTERM));
}

TEST(Command, DiesWithItsOwner) {
  Fd watched;
  {
    const Command command = Command::Start({"sleep", "1000"});
    watched = Fd(dup(command.pidfd()));
  }
  EXPECT_EQ(PidfdSendSignal(watched.get(), 0).err, ESRCH);
}

// The standard output of the command stays open as long as the command lives.
TEST(Command, DiesWithTheProcessThatStartedIt) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const Command command =
        Command::Start({"sh", "-c", "echo; exec sleep 1000"}, {-1, ends[1]});
    pause();
    _exit(0);
  }
  close(ends[1]);
  char byte;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);  // it runs
  kill(parent, SIGKILL);
  EXPECT_EQ(WaitFor(parent).value, KilledBy(SIGKILL));
  EXPECT_TRUE(WaitReadable(ends[0], Deadline::In(std::chrono::seconds(10))));
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

}  // namespace
}  // namespace pidlab
