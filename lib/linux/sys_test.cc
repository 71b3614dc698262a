#include "lib/linux/sys.h"

#include "gmock/gmock.h"

namespace pidlab {
namespace {

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
