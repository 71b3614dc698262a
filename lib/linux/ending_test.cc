#include "lib/linux/ending.h"

#include <sys/resource.h>
#include <sys/syscall.h>
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

TEST(SignalName, IsTheOneOfTheManual) {
  EXPECT_EQ(SignalName(SIGHUP), "SIGHUP");
  EXPECT_EQ(SignalName(SIGTERM), "SIGTERM");
  EXPECT_EQ(SignalName(SIGSYS), "SIGSYS");
}

TEST(SignalName, IsANumberWithoutAName) {
  EXPECT_EQ(SignalName(32), "signal 32");
  EXPECT_EQ(SignalName(64), "signal 64");
  EXPECT_EQ(SignalName(65), "signal 65");
  EXPECT_EQ(SignalName(0), "signal 0");
  EXPECT_EQ(SignalName(-1), "signal -1");
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

TEST(WaitFor, GivesTheSignalOfAProcessThatDumpsCore) {
  const pid_t child = fork();
  if (child == 0) {
    // Ready to dump core, without a file being written.
    const rlimit none = {1, 1};
    setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGQUIT, SIG_DFL);
    kill(getpid(), SIGQUIT);
    _exit(0);
  }
  EXPECT_EQ(WaitFor(child).value, KilledBy(SIGQUIT));
}

TEST(WaitFor, DoesNotTakeAStopForTheEnd) {
  const pid_t child = fork();
  if (child == 0) {
    kill(getpid(), SIGSTOP);
    _exit(7);
  }
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WSTOPPED), 0);
  kill(child, SIGCONT);
  EXPECT_EQ(WaitFor(child).value, Exited(7));
}

TEST(WaitFor, WaitsForAChildThatTellsNobodyOfItsEnd) {
  // Without SIGCHLD: only __WALL waits for such a one.
  const auto child = static_cast<pid_t>(syscall(SYS_clone, 0, 0, 0, 0, 0));
  if (child == 0) _exit(7);
  const Sys<Ending> ending = WaitFor(child);
  EXPECT_EQ(ending.err, 0);
  EXPECT_EQ(ending.value, Exited(7));
}

TEST(WaitFor, GoesOnWhenASignalInterruptsIt) {
  // The child sends signals until it is told that one was handled.
  static int handled[2];
  ASSERT_EQ(pipe(handled), 0);
  struct sigaction before, tell{};
  tell.sa_handler = [](int) { (void)!write(handled[1], "", 1); };
  ASSERT_EQ(sigaction(SIGUSR1, &tell, &before), 0);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    // The parent sleeps in its wait, or is going to: in the first case, the
    // signal wakes it up.
    for (int i = 0; i < 100; ++i) {
      char byte;
      kill(parent, SIGUSR1);
      (void)!read(handled[0], &byte, 1);
    }
    _exit(7);
  }
  const Sys<Ending> ending = WaitFor(child);
  sigaction(SIGUSR1, &before, nullptr);
  for (const int fd : handled) close(fd);
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
  EXPECT_EQ(WaitFor(getppid()).err, ECHILD);
}

}  // namespace
}  // namespace pidlab
