#include "lib/linux/children.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "gtest/gtest.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

using std::chrono::milliseconds;

TEST(AwaitNoChildren, IsTrueWithoutAny) {
  EXPECT_TRUE(AwaitNoChildren(Deadline::In(milliseconds(0))));
}

TEST(AwaitNoChildren, ReapsThemAll) {
  for (int i = 0; i < 3; ++i) {
    if (fork() == 0) _exit(i);
  }
  EXPECT_TRUE(AwaitNoChildren(Deadline::In(milliseconds(10000))));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(AwaitNoChildren, GivesUpOnOneThatStays) {
  const pid_t stays = fork();
  if (stays == 0) {
    pause();
    _exit(0);
  }
  EXPECT_FALSE(AwaitNoChildren(Deadline::In(milliseconds(1))));
  kill(stays, SIGKILL);
  EXPECT_TRUE(AwaitNoChildren(Deadline::In(milliseconds(10000))));
}

// A grandchild outlives the child: it is waited for as well.
TEST(AwaitNoChildren, KnowsWhoWasAdopted) {
  ASSERT_TRUE(AdoptOrphans().ok());
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const pid_t grandchild = fork();
    if (grandchild == 0) pause();
    (void)!write(ends[1], &grandchild, sizeof(grandchild));
    _exit(0);
  }
  pid_t grandchild = -1;
  ASSERT_EQ(read(ends[0], &grandchild, sizeof(grandchild)),
            static_cast<ssize_t>(sizeof(grandchild)));
  EXPECT_FALSE(AwaitNoChildren(Deadline::In(milliseconds(50))));
  kill(grandchild, SIGKILL);
  EXPECT_TRUE(AwaitNoChildren(Deadline::In(milliseconds(10000))));
  close(ends[0]);
  close(ends[1]);
}

// Kills the parent of a child. The end of the child closes the pipe.
TEST(DieWithParent, EndsTheChildOfWhoIsKilled) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const Fd self(PidfdOpen(getpid()).value);
    if (fork() == 0) {
      if (DieWithParent(self).ok()) (void)!write(ends[1], "x", 1);
      for (;;) pause();
    }
    for (;;) pause();
  }
  close(ends[1]);
  char byte = 0;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  kill(parent, SIGKILL);
  EXPECT_EQ(waitpid(parent, nullptr, 0), parent);
  EXPECT_TRUE(WaitReadable(ends[0], Deadline::In(milliseconds(10000))));
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

TEST(DieWithParent, NoticesThatTheParentHasDiedBefore) {
  const pid_t dead = fork();
  if (dead == 0) _exit(0);
  const Fd pidfd(PidfdOpen(dead).value);
  ASSERT_TRUE(WaitReadable(pidfd.get(), Deadline::In(milliseconds(10000))));
  const pid_t orphan = fork();
  if (orphan == 0) {
    (void)DieWithParent(pidfd);
    _exit(1);
  }
  EXPECT_EQ(WaitFor(orphan).value, Exited(0));
  EXPECT_EQ(WaitFor(dead).value, Exited(0));
}

}  // namespace
}  // namespace pidlab
