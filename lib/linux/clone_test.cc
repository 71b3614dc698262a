#include "lib/linux/clone.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "gmock/gmock.h"
#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Clone3, MakesAChildWithACopyOfTheMemory) {
  int number = 7;
  const pid_t parent = getpid();
  const Sys<pid_t> child = Clone3(0);
  if (child.value == 0) {
    const bool own = getpid() != parent && getppid() == parent;
    _exit(own ? ++number : 0);
  }
  ASSERT_EQ(child.err, 0);
  EXPECT_EQ(WaitFor(child.value).value, Exited(8));
  EXPECT_EQ(number, 7);
}

// Exits with 0 when its stop_fd is closed, at the end of the test at the
// latest.
struct PatientChild {
  pid_t pid = -1;
  Fd pidfd;  // invalid if there is none
  Fd stop_fd;
};

PatientChild StartWaitingChild() {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const Fd near(ends[0]);
  Fd far(ends[1]);
  int pidfd = -1;
  const Sys<pid_t> child = Clone3(0, &pidfd);
  if (child.ok() && child.value == 0) {
    char byte;
    far.Close();
    (void)!read(near.get(), &byte, 1);
    _exit(0);
  }
  return {child.value, Fd(pidfd), std::move(far)};
}

TEST(Clone3, GivesAPidfdThatIsClosedByExec) {
  const PatientChild child = StartWaitingChild();
  ASSERT_TRUE(child.pidfd.valid());
  EXPECT_EQ(fcntl(child.pidfd.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(PidfdSendSignal(child.pidfd.get(), SIGKILL).err, 0);
  EXPECT_EQ(WaitFor(child.pid).value, KilledBy(SIGKILL));
  EXPECT_EQ(PidfdSendSignal(child.pidfd.get(), SIGKILL).err, ESRCH);
}

TEST(Clone3, SaysWhyThereIsNoChild) {
  int pidfd = -1;
  EXPECT_EQ(Clone3(CLONE_SIGHAND, &pidfd).err, EINVAL);
  EXPECT_EQ(pidfd, -1);
}

TEST(PidfdOpen, SaysWhyThereIsNone) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  (void)WaitFor(child);
  EXPECT_EQ(PidfdOpen(child).err, ESRCH);
  EXPECT_EQ(PidfdOpen(-1).err, EINVAL);
  EXPECT_EQ(PidfdSendSignal(987654321, 0).err, EBADF);
}

TEST(CreateChildrenInNamespaceOf, SaysWhyItCannot) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  (void)WaitFor(child);
  EXPECT_EQ(CreateChildrenInNamespaceOf(child).err, ESRCH);
}

TEST(CreateChildrenInNamespaceOf, LeavesNothingOpen) {
  const int before = dup(STDIN_FILENO);
  close(before);
  // This is its own namespace: root may do it, others may not.
  (void)CreateChildrenInNamespaceOf(getpid());
  const int after = dup(STDIN_FILENO);
  close(after);
  EXPECT_EQ(after, before);
}

TEST(WaitReadable, IsTrueWhenThereIsSomethingToRead) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Fd near(ends[0]);
  Fd far(ends[1]);
  EXPECT_FALSE(WaitReadable(near.get(), Deadline::In({})));
  EXPECT_EQ(write(far.get(), "x", 1), 1);
  EXPECT_TRUE(WaitReadable(near.get(), Deadline::In({})));
}

TEST(WaitReadable, IsTrueAtTheEndOfAFile) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Fd near(ends[0]);
  Fd(ends[1]).Close();
  EXPECT_TRUE(WaitReadable(near.get(), Deadline::In({})));
}

TEST(WaitReadable, WaitsForTheEndOfAProcess) {
  PatientChild child = StartWaitingChild();
  ASSERT_TRUE(child.pidfd.valid());
  EXPECT_FALSE(WaitReadable(child.pidfd.get(), Deadline::In(milliseconds(1))));
  child.stop_fd.Close();
  // It does not have to be reaped first: a zombie is enough.
  EXPECT_TRUE(WaitReadable(child.pidfd.get(), Deadline::In(seconds(30))));
  EXPECT_EQ(WaitFor(child.pid).value, Exited(0));
}

TEST(WaitReadable, GivesUpWhenTheDeadlineHasPassed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Fd near(ends[0]);
  const Fd far(ends[1]);
  const Deadline deadline = Deadline::In(milliseconds(20));
  EXPECT_FALSE(WaitReadable(near.get(), deadline));
  EXPECT_TRUE(deadline.Passed());
}

TEST(WaitReadable, WaitsOnWhenASignalHandlerRan) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Fd near(ends[0]);
  const Fd far(ends[1]);
  struct sigaction before, handle{};
  handle.sa_handler = [](int) {};
  ASSERT_EQ(sigaction(SIGALRM, &handle, &before), 0);
  // The signal comes again and again, because the first one may come before the
  // wait begins.
  const itimerval often = {{0, 10000}, {0, 10000}};
  const itimerval never = {};
  setitimer(ITIMER_REAL, &often, nullptr);
  const Deadline deadline = Deadline::In(milliseconds(50));
  EXPECT_FALSE(WaitReadable(near.get(), deadline));
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
  EXPECT_TRUE(deadline.Passed());
}

}  // namespace
}  // namespace pidlab
