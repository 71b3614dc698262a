#include "lib/linux/fd.h"

#include <fcntl.h>

#include <type_traits>
#include <utility>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

int OpenSomething() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool IsOpen(int fd) { return fcntl(fd, F_GETFD) != -1; }

TEST(Fd, IsNoneAtFirst) {
  const Fd fd;
  EXPECT_FALSE(fd.valid());
  EXPECT_EQ(fd.get(), -1);
}

TEST(Fd, IsNoneWhenOpeningFailed) {
  EXPECT_FALSE(Fd(open("/nonexistent", O_RDONLY)).valid());
}

TEST(Fd, MayBeZero) {
  const int saved = dup(0);
  Fd fd(0);
  EXPECT_TRUE(fd.valid());
  fd.Close();
  EXPECT_FALSE(IsOpen(0));
  EXPECT_EQ(dup2(saved, 0), 0);
  close(saved);
}

TEST(Fd, ClosesAtTheEndOfItsLife) {
  const int number = OpenSomething();
  {
    const Fd fd(number);
    EXPECT_TRUE(IsOpen(number));
    EXPECT_EQ(fd.get(), number);
  }
  EXPECT_FALSE(IsOpen(number));
}

TEST(Fd, ClosesOnce) {
  const int number = OpenSomething();
  Fd fd(number);
  fd.Close();
  EXPECT_FALSE(fd.valid());
  EXPECT_FALSE(IsOpen(number));
  // The number means another file now, which must not be closed.
  const Fd other(OpenSomething());
  ASSERT_EQ(other.get(), number);
  fd.Close();
  fd = Fd();
  EXPECT_TRUE(IsOpen(number));
}

TEST(Fd, IsMovedAndNeitherLeaksNorClosesTwice) {
  const int number = OpenSomething();
  {
    Fd from(number);
    {
      const Fd to(std::move(from));
      EXPECT_EQ(to.get(), number);
      EXPECT_FALSE(from.valid());  // NOLINT: what is left of it
      EXPECT_TRUE(IsOpen(number));
    }
    EXPECT_FALSE(IsOpen(number));
    ASSERT_EQ(OpenSomething(), number);
  }
  EXPECT_TRUE(IsOpen(number));
  close(number);
}

TEST(Fd, ClosesWhatItHadWhenItIsAssigned) {
  const int first = OpenSomething();
  const int second = OpenSomething();
  Fd fd(first);
  Fd from(second);
  fd = std::move(from);
  EXPECT_EQ(fd.get(), second);
  EXPECT_FALSE(IsOpen(first));
  EXPECT_TRUE(IsOpen(second));
  EXPECT_FALSE(from.valid());  // NOLINT: what is left of it
  fd = Fd();
  EXPECT_FALSE(IsOpen(second));
}

TEST(Fd, SurvivesBeingAssignedToItself) {
  Fd fd(OpenSomething());
  Fd& same = fd;
  fd = std::move(same);
  EXPECT_TRUE(fd.valid());
  EXPECT_TRUE(IsOpen(fd.get()));
}

TEST(Fd, IsNeverCopied) {
  EXPECT_FALSE(std::is_copy_constructible_v<Fd>);
  EXPECT_FALSE(std::is_copy_assignable_v<Fd>);
  EXPECT_FALSE((std::is_convertible_v<int, Fd>));
}

}  // namespace
}  // namespace pidlab
