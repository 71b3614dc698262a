#include "lib/host/kernel_release.h"

#include "gtest/gtest.h"

namespace pidlab {
namespace {

TEST(KernelSeries, IsTheFirstTwoNumbers) {
  EXPECT_EQ(KernelSeries("6.1.0-9-cloud-amd64"), "6.1");
  EXPECT_EQ(KernelSeries("6.12.115+deb12-cloud-amd64"), "6.12");
  EXPECT_EQ(KernelSeries("7.0"), "7.0");
  EXPECT_EQ(KernelSeries("7.0-rc1"), "7.0");
  for (const char* other : {"", "6", "6.", "6.x", ".1", "cloud-6.1", "6-1"}) {
    EXPECT_EQ(KernelSeries(other), "") << other;
  }
}

}  // namespace
}  // namespace pidlab
