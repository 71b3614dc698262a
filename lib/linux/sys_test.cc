#include "lib/linux/sys.h"

#include "gmock/gmock.h"

namespace pidlab {
namespace {

TEST(ErrnoName, IsTheOneOfTheManual) {
  EXPECT_EQ(ErrnoName(ENOMEM), "ENOMEM");
  EXPECT_EQ(ErrnoName(EPERM), "EPERM");
  EXPECT_EQ(ErrnoName(EHWPOISON), "EHWPOISON");
}

TEST(ErrnoName, IsANumberWithoutAName) {
  EXPECT_EQ(ErrnoName(4711), "errno 4711");
  EXPECT_EQ(ErrnoName(-1), "errno -1");
  // Inside of the range, but nobody has it.
  EXPECT_EQ(ErrnoName(41), "errno 41");
  // The kernel's own, which should never be seen: ERESTARTSYS.
  EXPECT_EQ(ErrnoName(512), "errno 512");
}

TEST(DescribeErrno, HasTheNameAndTheMeaning) {
  EXPECT_EQ(DescribeErrno(ENOMEM), "ENOMEM (Cannot allocate memory)");
  EXPECT_EQ(DescribeErrno(4711), "errno 4711");
}

TEST(FromErrno, TakesMinus1AsAFailure) {
  errno = ENOMEM;
  EXPECT_EQ(FromErrno(-1).err, ENOMEM);
  EXPECT_FALSE(FromErrno(-1L).ok());
  EXPECT_EQ(FromErrno(0).err, 0);
  EXPECT_EQ(FromErrno(7).value, 7);
  EXPECT_TRUE(FromErrno(-2).ok());
}

TEST(Sys, GivesOneMemberOfItsValue) {
  struct Point {
    int x = 0;
    int y = 0;
  };
  EXPECT_EQ((Sys<Point>{{3, 4}}).Get(&Point::y).value, 4);
  EXPECT_EQ(Sys<Point>::Failed(ENOENT).Get(&Point::y).err, ENOENT);
}

}  // namespace
}  // namespace pidlab
