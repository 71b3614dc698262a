#include "lib/host/wait.h"

#include <unistd.h>

#include "gtest/gtest.h"
#include "lib/host/error.h"
#include "lib/host/files.h"

namespace pidlab {
namespace {

using std::chrono::seconds;

TEST(Wait, TellsWhichIsReady) {
  Pipe silent = MakePipe();
  Pipe ready = MakePipe();
  ASSERT_EQ(write(ready.write.get(), "x", 1), 1);
  pollfd fds[] = {ToRead(silent.read.get()), ToRead(-1),
                  ToRead(ready.read.get())};
  EXPECT_TRUE(Wait(fds, -1));
  EXPECT_EQ(fds[0].revents, 0);
  EXPECT_EQ(fds[1].revents, 0);
  EXPECT_NE(fds[2].revents, 0);
}

TEST(Wait, EndsAtItsDeadline) {
  Pipe silent = MakePipe();
  EXPECT_FALSE(WaitToRead(silent.read.get(), -1, Deadline::In({})));
}

TEST(Wait, TakesWhatIsReadyAlthoughTheDeadlineHasPassed) {
  Pipe ready = MakePipe();
  ASSERT_EQ(write(ready.write.get(), "x", 1), 1);
  EXPECT_TRUE(WaitToRead(ready.read.get(), -1, Deadline::In({})));
}

TEST(Wait, IsInterruptedBeforeAnythingElse) {
  Pipe interrupt = MakePipe();
  ASSERT_EQ(write(interrupt.write.get(), "x", 1), 1);
  EXPECT_THROW((void)WaitToRead(interrupt.read.get(), interrupt.read.get(),
                                Deadline::In(seconds(10))),
               Interrupted);
}

}  // namespace
}  // namespace pidlab
