#include "tool/vm/debian_version.h"

#include <string>

#include "gtest/gtest.h"
#include "lib/host/command.h"

namespace pidlab {
namespace {

// Each is older than the next.
constexpr const char* kOldestFirst[] = {
    "5.10.9-1",     "5.10.10-1~rc1", "5.10.10-1~rc10", "5.10.10-1",
    "5.10.10-1a",   "5.10.10-1+b1",  "5.10.10-2",      "5.10.10a-1",
    "5.10.10+b-1",  "5.10.10.1-1",   "6.1.0-9",        "6.1.0-56",
    "6.1.27~rc1-1", "6.1.27-1~b",    "6.1.27-1",       "6.12.9-1~bpo12+1",
    "6.12.9-1",     "6.12.9-1.1",    "6.12.117-1",     "1:5.10.9-1",
    "2:0-1",
};

TEST(CompareDebianVersions, HasTheOrderOfPackages) {
  for (const char* const& a : kOldestFirst) {
    for (const char* const& b : kOldestFirst) {
      EXPECT_EQ(CompareDebianVersions(a, b), &a <=> &b) << a << " and " << b;
    }
  }
}

TEST(CompareDebianVersions, AgreesWithDpkg) {
  if (pidlab::Run({"dpkg", "--version"}, -1).ending == Exited(kNotExecuted)) {
    GTEST_SKIP() << "there is no dpkg here";
  }
  std::string older;
  for (const std::string newer : kOldestFirst) {
    EXPECT_TRUE(
        older.empty() ||
        pidlab::Run({"dpkg", "--compare-versions", older, "lt", newer}, -1)
            .succeeded())
        << older << " and " << newer;
    older = newer;
  }
}

TEST(CompareDebianVersions, TakesForEqualWhatMeansTheSame) {
  for (const auto& [a, b] : {std::pair("6.1.027-1", "6.1.27-1"),
                             std::pair("0:6.1", "6.1"), std::pair("", "")}) {
    EXPECT_EQ(CompareDebianVersions(a, b), std::strong_ordering::equal)
        << a << " and " << b;
  }
}

}  // namespace
}  // namespace pidlab
