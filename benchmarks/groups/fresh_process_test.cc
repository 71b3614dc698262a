#include "benchmarks/groups/fresh_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>

namespace pidlab {
namespace {

Sys<int> Nothing() { return {}; }

// Keeps the CPU busy for this time.
void Spin(int64_t duration_ns) {
  const int64_t end = Now() + duration_ns;
  while (Now() < end) {
  }
}

Sys<Sample> TakeOnce(std::function<Sys<int>()> warm_up,
                     std::function<Sys<int>()> run) {
  return TimedInFreshProcess("", std::move(warm_up), std::move(run)).take();
}

TEST(FreshProcessTest, EachSampleHasAProcessOfItsOwn) {
  const auto runs = std::make_shared<int>(0);
  const Operation operation = TimedInFreshProcess("", Nothing, [runs] {
    return ++*runs == 1 ? Sys<int>{} : Sys<int>::Failed(EALREADY);
  });
  EXPECT_EQ(operation.take().err, 0);
  EXPECT_EQ(operation.take().err, 0);
  EXPECT_EQ(*runs, 0);
}

TEST(FreshProcessTest, ReapsIt) {
  EXPECT_TRUE(TakeOnce(Nothing, Nothing).ok());
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG | __WALL), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(FreshProcessTest, WarmsUpInTheSameProcess) {
  const auto warm = std::make_shared<bool>(false);
  const Sys<Sample> sample = TakeOnce(
      [warm] {
        *warm = true;
        return Sys<int>{};
      },
      [warm] { return *warm ? Sys<int>{} : Sys<int>::Failed(EINVAL); });
  EXPECT_EQ(sample.err, 0);
}

TEST(FreshProcessTest, OnlyTheRunIsTimed) {
  static constexpr int64_t kShort = 2'000'000;
  static constexpr int64_t kLong = 400'000'000;
  const Sys<Sample> sample = TakeOnce(
      [] {
        Spin(kLong);
        return Sys<int>{};
      },
      [] {
        Spin(kShort);
        return Sys<int>{};
      });
  ASSERT_TRUE(sample.ok());
  EXPECT_GE(sample.value.total_ns, kShort);
  EXPECT_LT(sample.value.total_ns, kLong);
}

TEST(FreshProcessTest, FailsWithTheErrnoOfEither) {
  const auto fail = [] { return Sys<int>::Failed(EOWNERDEAD); };
  EXPECT_EQ(TakeOnce(fail, Nothing).err, EOWNERDEAD);
  EXPECT_EQ(TakeOnce(Nothing, fail).err, EOWNERDEAD);
}

TEST(FreshProcessTest, FailsIfItIsKilled) {
  const Sys<Sample> sample = TakeOnce(Nothing, [] {
    kill(getpid(), SIGKILL);
    return Sys<int>{};
  });
  EXPECT_EQ(sample.err, ECHILD);
}

}  // namespace
}  // namespace pidlab
