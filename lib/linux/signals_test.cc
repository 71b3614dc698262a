#include "lib/linux/signals.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <sstream>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

// Each test runs in a child, so that none inherits the dispositions of another.
// The child's exit status is the number of the line that did not hold, or 0.
template <typename Story>
Ending InAChild(Story story) {
  return InChild(0, story).value;
}

#define HOLDS(condition) \
  if (!(condition)) return __LINE__ % 256

TEST(Signals, AHandlerCountsAndKeepsTheLastDelivery) {
  EXPECT_EQ(
      InAChild([] {
        HOLDS(TimesHandled() == 0);
        HOLDS(LastHandled() == Delivery{});
        HOLDS(Handle(SIGUSR1) == 0);
        kill(getpid(), SIGUSR1);
        HOLDS(TimesHandled() == 1);
        HOLDS((LastHandled() == Delivery{SIGUSR1, SI_USER, getpid(), 0}));
        sigqueue(getpid(), SIGUSR1, {.sival_int = 7});
        HOLDS(TimesHandled() == 2);
        HOLDS((LastHandled() == Delivery{SIGUSR1, SI_QUEUE, getpid(), 7}));
        return 0;
      }),
      Exited(0));
}

TEST(Signals, AHandlerInterruptsUnlessItIsToldToRestart) {
  EXPECT_EQ(InAChild([] {
              Handle(SIGUSR1);
              struct sigaction action {};
              sigaction(SIGUSR1, nullptr, &action);
              HOLDS((action.sa_flags & SA_RESTART) == 0);
              Handle(SIGUSR1, SA_RESTART);
              sigaction(SIGUSR1, nullptr, &action);
              HOLDS((action.sa_flags & SA_RESTART) != 0);
              return 0;
            }),
            Exited(0));
}

TEST(Signals, IgnoredAndDefault) {
  EXPECT_EQ(InAChild([] {
              HOLDS(Ignore(SIGTERM) == 0);
              kill(getpid(), SIGTERM);
              HOLDS(SetToDefault(SIGTERM) == 0);
              kill(getpid(), SIGTERM);
              return 1;
            }),
            KilledBy(SIGTERM));
}

TEST(Signals, BlockedOnesWaitUntilTheyAreTaken) {
  EXPECT_EQ(InAChild([] {
              HOLDS(Block(SIGUSR2) == 0);
              HOLDS(TakePending(SIGUSR2).err == EAGAIN);
              HOLDS(IsPending(SIGUSR2) == 0);
              kill(getpid(), SIGUSR2);
              HOLDS(IsPending(SIGUSR2) == 1);
              HOLDS((TakePending(SIGUSR2).value ==
                     Delivery{SIGUSR2, SI_USER, getpid(), 0}));
              HOLDS(IsPending(SIGUSR2) == 0);
              return 0;
            }),
            Exited(0));
}

TEST(Signals, UnblockedOnesAreDelivered) {
  EXPECT_EQ(InAChild([] {
              HOLDS(BlockEverySignal() == 0);
              kill(getpid(), SIGTERM);
              HOLDS(IsPending(SIGTERM) == 1);
              Unblock(SIGTERM);
              return 0;
            }),
            KilledBy(SIGTERM));
}

TEST(Delivery, SaysWhoSentIt) {
  std::ostringstream out;
  out << Delivery{} << ", " << Delivery{SIGUSR1, SI_USER, 2, 0} << ", "
      << Delivery{SIGUSR2, SI_QUEUE, 0, 7} << ", "
      << Delivery{SIGCHLD, CLD_EXITED, 3, 0} << ", "
      << Delivery{SIGIO, POLL_IN, 4, 0};
  EXPECT_EQ(out.str(),
            "none, SIGUSR1 by kill() from PID 2, SIGUSR2 by sigqueue(7) from "
            "PID 0, SIGCHLD: PID 3 exited, SIGPOLL with si_code 1 from PID 4");
}

}  // namespace
}  // namespace pidlab
