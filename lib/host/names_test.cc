#include "lib/host/names.h"

#include <linux/sched.h>

#include <cerrno>
#include <csignal>

#include "gtest/gtest.h"

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
  // Inside the range of errno values, but not used.
  EXPECT_EQ(ErrnoName(41), "errno 41");
  // ERESTARTSYS, which the kernel uses internally. Programs should never see
  // it.
  EXPECT_EQ(ErrnoName(512), "errno 512");
}

TEST(DescribeErrno, HasTheNameAndTheMeaning) {
  EXPECT_EQ(DescribeErrno(ENOMEM), "ENOMEM (Cannot allocate memory)");
  EXPECT_EQ(DescribeErrno(4711), "errno 4711");
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

TEST(CloneFlagNames, AreThoseOfTheManual) {
  EXPECT_EQ(CloneFlagNames(0), "0");
  EXPECT_EQ(CloneFlagNames(CLONE_NEWPID), "CLONE_NEWPID");
  EXPECT_EQ(CloneFlagNames(CLONE_NEWNS | CLONE_NEWPID),
            "CLONE_NEWPID|CLONE_NEWNS");
  EXPECT_EQ(CloneFlagNames(CLONE_PARENT), "CLONE_PARENT");
  EXPECT_EQ(CloneFlagNames(CLONE_VM | CLONE_VFORK), "CLONE_VM|CLONE_VFORK");
  EXPECT_EQ(CloneFlagNames(0x80), "CLONE_NEWTIME");
  EXPECT_EQ(CloneFlagNames(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC |
                           CLONE_NEWNET | CLONE_NEWCGROUP),
            "CLONE_NEWUSER|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWNET|"
            "CLONE_NEWCGROUP");
}

TEST(CloneFlagNames, KeepWhatHasNoNameAsANumber) {
  EXPECT_EQ(CloneFlagNames(CLONE_PTRACE), "8192");
  EXPECT_EQ(CloneFlagNames(CLONE_NEWPID | CLONE_PTRACE), "CLONE_NEWPID|8192");
  EXPECT_EQ(CloneFlagNames(1ULL << 63), "9223372036854775808");
}

}  // namespace
}  // namespace pidlab
