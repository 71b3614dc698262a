#include "lib/linux/thread.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

pid_t ThreadId() { return static_cast<pid_t>(syscall(SYS_gettid)); }

TEST(InSecondThread, RunsInAnotherThreadOfTheSameProcess) {
  const pid_t first = ThreadId();
  const auto seen = InSecondThread(
      [first] { return ThreadId() != first && getpid() == first ? 1 : 0; });
  EXPECT_EQ(seen.err, 0);
  EXPECT_EQ(seen.value, 1);
}

TEST(InSecondThread, HasOneStackForOneThreadAfterTheOther) {
  for (int i = 0; i < 1000; ++i) {
    const auto seen = InSecondThread([i] { return 2 * i; });
    ASSERT_EQ(seen.err, 0);
    ASSERT_EQ(seen.value, 2 * i);
  }
}

TEST(InSecondThread, PassesAnErrorOn) {
  const Sys<int> seen = InSecondThread([] { return Sys<int>::Failed(EBUSY); });
  EXPECT_EQ(seen.err, EBUSY);
}

// This is why it does not use pthread_create(3).
TEST(InSecondThread, WorksInAProcessThatGlibcDoesNotKnow) {
  const Sys<pid_t> child = Clone3(0);
  ASSERT_TRUE(child.ok());
  if (child.value == 0) {
    const auto seen = InSecondThread([] { return getpid(); });
    _exit(seen.ok() && seen.value == getpid() ? 0 : 1);
  }
  EXPECT_EQ(WaitFor(child.value).value, Exited(0));
}

}  // namespace
}  // namespace pidlab
