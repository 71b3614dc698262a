#include "lib/host/command.h"

#include <fcntl.h>

#include <csignal>

#include "gtest/gtest.h"
#include "lib/linux/clone.h"

namespace pidlab {
namespace {

Ending EndingOfCommand(const std::vector<std::string>& words) {
  Sys<Command> command = Command::Start(words);
  return command.value.Wait();
}

TEST(Command, ExitsWithItsStatus) {
  EXPECT_EQ(EndingOfCommand({"sh", "-c", "exit 3"}), Exited(3));
  EXPECT_EQ(EndingOfCommand({"no-such-program"}), Exited(kNotExecuted));
}

TEST(Command, HasTheStreamsThatItIsGiven) {
  const Sys<Fd> in = AnonymousFile("in");
  const Sys<Fd> out = AnonymousFile("out");
  const Sys<Fd> err = AnonymousFile("err");
  ASSERT_TRUE(in.ok() && out.ok() && err.ok());
  ASSERT_EQ(pwrite(in.value.get(), "word\n", 5, 0), 5);
  Sys<Command> command = Command::Start(
      {"sh", "-c", "read line; echo out $line; echo err $line >&2"},
      {in.value.get(), out.value.get(), err.value.get()});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command.value.Wait(), Exited(0));
  EXPECT_EQ(ContentsOf(out.value.get()), "out word\n");
  EXPECT_EQ(ContentsOf(err.value.get()), "err word\n");
}

TEST(Command, IsToldOfByItsPidfd) {
  Sys<Command> command = Command::Start({"sleep", "1000"});
  ASSERT_TRUE(command.ok());
  EXPECT_FALSE(WaitReadable(command.value.pidfd(), Deadline::In({})));
  EXPECT_TRUE(command.value.Send(SIGTERM).ok());
  EXPECT_EQ(command.value.Wait(), KilledBy(SIGTERM));
}

TEST(Command, DiesWithItsOwner) {
  Fd watched;
  {
    const Sys<Command> command = Command::Start({"sleep", "1000"});
    ASSERT_TRUE(command.ok());
    watched = Fd(dup(command.value.pidfd()));
  }
  EXPECT_EQ(PidfdSendSignal(watched.get(), 0).err, ESRCH);
}

// Its standard output stays open as long as it lives.
TEST(Command, DiesWithTheProcessThatStartedIt) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const Sys<Command> command =
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
