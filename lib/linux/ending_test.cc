#include "lib/linux/ending.h"

#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::PrintToString;

TEST(Ending, IsAKindAndANumber) {
  EXPECT_EQ(Exited(9), Exited(9));
  EXPECT_NE(Exited(9), Exited(0));
  EXPECT_NE(Exited(9), KilledBy(9));
}

TEST(Ending, IsPrintedAsASentence) {
  EXPECT_EQ(PrintToString(Exited(0)), "exited with 0");
  EXPECT_EQ(PrintToString(KilledBy(SIGKILL)), "killed by SIGKILL");
  EXPECT_EQ(PrintToString(KilledBy(34)), "killed by signal 34");
}

TEST(Signal, IsPrintedAsItsName) {
  EXPECT_EQ(PrintToString(Signal{SIGTERM}), "SIGTERM");
  EXPECT_NE(Signal{SIGTERM}, Signal{SIGKILL});
}

TEST(WaitFor, GivesTheExitStatus) {
  for (const int status : {0, 1, 127, 255}) {
    const pid_t child = fork();
    if (child == 0) _exit(status);
    const Sys<Ending> ending = WaitFor(child);
    ASSERT_EQ(ending.err, 0);
    EXPECT_EQ(ending.value, Exited(status));
  }
}

TEST(WaitFor, GivesTheSignal) {
  for (const int signal : {SIGKILL, SIGTERM, SIGHUP, 40}) {
    const pid_t child = fork();
    if (child == 0) {
      std::signal(signal, SIG_DFL);
      kill(getpid(), signal);
      _exit(0);
    }
    const Sys<Ending> ending = WaitFor(child);
    ASSERT_EQ(ending.err, 0);
    EXPECT_EQ(ending.value, KilledBy(signal));
  }
}

// Calls a function every 5 ms, in the middle of whatever this process does.
class Interruptions {
 public:
  explicit Interruptions(void (*handler)(int)) {
    struct sigaction handle {};
    handle.sa_handler = handler;
    sigaction(SIGALRM, &handle, &before_);
    const itimerval often = {{0, 5000}, {0, 5000}};
    setitimer(ITIMER_REAL, &often, nullptr);
  }
  ~Interruptions() {
    const itimerval never = {};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
  }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;

 private:
  struct sigaction before_;
};

TEST(WaitFor, DoesNotTakeAStopForTheEnd) {
  static pid_t child;
  child = fork();
  if (child == 0) {
    kill(getpid(), SIGSTOP);
    _exit(7);
  }
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WSTOPPED | WNOWAIT),
            0);
  const Interruptions go_on([](int) { kill(child, SIGCONT); });
  EXPECT_EQ(WaitFor(child).value, Exited(7));
  if (HasFailure()) kill(child, SIGKILL);
}

TEST(WaitFor, GoesOnWhenASignalInterruptsIt) {
  static int handled[2];
  ASSERT_EQ(pipe(handled), 0);
  const pid_t child = fork();
  if (child == 0) {
    // Ends when its parent has been interrupted ten times.
    close(handled[1]);
    char byte;
    for (int i = 0; i < 10; ++i) (void)!read(handled[0], &byte, 1);
    _exit(7);
  }
  {
    const Interruptions tell([](int) { (void)!write(handled[1], "", 1); });
    const Sys<Ending> ending = WaitFor(child);
    EXPECT_EQ(ending.err, 0);
    EXPECT_EQ(ending.value, Exited(7));
  }
  for (const int fd : handled) close(fd);
}

TEST(WaitFor, WaitsForAChildThatTellsNobodyOfItsEnd) {
  // The child does not send SIGCHLD: only __WALL waits for such a child.
  const auto child = static_cast<pid_t>(syscall(SYS_clone, 0, 0, 0, 0, 0));
  if (child == 0) _exit(7);
  const Sys<Ending> ending = WaitFor(child);
  EXPECT_EQ(ending.err, 0);
  EXPECT_EQ(ending.value, Exited(7));
}

TEST(WaitFor, Reaps) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  EXPECT_EQ(WaitFor(child).err, 0);
  EXPECT_EQ(WaitFor(child).err, ECHILD);
}

TEST(WaitFor, FailsForWhoIsNoChild) {
  EXPECT_EQ(WaitFor(getpid()).err, ECHILD);
  // These are not children, either: to waitpid(2) they would mean any child.
  EXPECT_EQ(WaitFor(0).err, EINVAL);
  EXPECT_EQ(WaitFor(-1).err, EINVAL);
}

TEST(WaitForStop, GivesTheSignalOnce) {
  const pid_t child = fork();
  if (child == 0) {
    raise(SIGSTOP);
    raise(SIGSTOP);
    _exit(3);
  }
  EXPECT_EQ(WaitForStop(child).value, Signal{SIGSTOP});
  kill(child, SIGCONT);
  EXPECT_EQ(WaitForContinue(child).value, Signal{SIGCONT});
  // This is the second stop: the first was taken.
  EXPECT_EQ(WaitForStop(child).value, Signal{SIGSTOP});
  kill(child, SIGCONT);
  EXPECT_EQ(WaitFor(child).value, Exited(3));
}

TEST(WaitForStop, DoesNotWaitForWhoHasEnded) {
  const pid_t child = fork();
  if (child == 0) _exit(3);
  EXPECT_EQ(WaitForStop(child).err, ECHILD);
  EXPECT_EQ(WaitForContinue(child).err, ECHILD);
  // The child has not been reaped.
  EXPECT_EQ(WaitFor(child).value, Exited(3));
  EXPECT_EQ(WaitForStop(child).err, ECHILD);
}

}  // namespace
}  // namespace pidlab
