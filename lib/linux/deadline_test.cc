#include "lib/linux/deadline.h"

#include <chrono>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Deadline, HasPassedWhenItsTimeIsOver) {
  EXPECT_TRUE(Deadline::In({}).Passed());
  EXPECT_TRUE(Deadline::In(seconds(-1)).Passed());
  EXPECT_FALSE(Deadline::In(hours(1)).Passed());
}

TEST(Deadline, NeverHasLessThanNothingLeft) {
  EXPECT_EQ(Deadline::In({}).RemainingMs(), 0);
  EXPECT_EQ(Deadline::In(hours(-1000)).RemainingMs(), 0);
  // This is more than poll(2) can wait. A negative number would mean for ever.
  EXPECT_GT(Deadline::In(hours(1000)).RemainingMs(), 0);
}

TEST(Deadline, HasSomethingLeftUntilItHasPassed) {
  const Deadline deadline = Deadline::In(milliseconds(3));
  while (deadline.RemainingMs() > 0) EXPECT_LE(deadline.RemainingMs(), 3);
  EXPECT_TRUE(deadline.Passed());
}

TEST(Deadline, IsCountedInMilliseconds) {
  const int left = Deadline::In(hours(1)).RemainingMs();
  EXPECT_LE(left, 3600'000);
  EXPECT_GT(left, 3500'000);
}

}  // namespace
}  // namespace pidlab
