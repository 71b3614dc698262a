#include "lib/host/privilege.h"

#include <cerrno>
#include <vector>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;

constexpr uint64_t kWithUser = CLONE_NEWUSER | CLONE_NEWPID;

// Attempts to create a namespace that return these errnos, one after the other.
class Attempts {
 public:
  explicit Attempts(std::vector<int> errs) : errs_(std::move(errs)) {}

  PrivilegeTried Try(bool own) {
    return TryPrivileges(CLONE_NEWPID, own, [this](uint64_t flags) {
      flags_.push_back(flags);
      return errs_.at(flags_.size() - 1);
    });
  }
  const std::vector<uint64_t>& flags() const { return flags_; }

 private:
  std::vector<int> errs_;
  std::vector<uint64_t> flags_;
};

TEST(TryPrivileges, TakesItsOwnWhereThatIsEnough) {
  Attempts attempts({0});
  const PrivilegeTried tried = attempts.Try(true);
  EXPECT_EQ(tried.err, 0);
  EXPECT_EQ(tried.privilege, Privilege::kOwn);
  EXPECT_THAT(attempts.flags(), ElementsAre(CLONE_NEWPID));
}

TEST(TryPrivileges, TakesAUserNamespaceWhereItsOwnIsNot) {
  Attempts attempts({EPERM, 0});
  const PrivilegeTried tried = attempts.Try(true);
  EXPECT_EQ(tried.err, 0);
  EXPECT_EQ(tried.privilege, Privilege::kInUserNamespace);
  EXPECT_THAT(attempts.flags(), ElementsAre(CLONE_NEWPID, kWithUser));
}

TEST(TryPrivileges, LeavesItsOwnOut) {
  Attempts attempts({0});
  const PrivilegeTried tried = attempts.Try(false);
  EXPECT_EQ(tried.err, 0);
  EXPECT_EQ(tried.privilege, Privilege::kInUserNamespace);
  EXPECT_THAT(attempts.flags(), ElementsAre(kWithUser));
}

// No privilege helps against a limit.
TEST(TryPrivileges, GoesOnOnlyWhereItWasNotPermitted) {
  Attempts attempts({ENOSPC});
  EXPECT_EQ(attempts.Try(true).err, ENOSPC);
  EXPECT_THAT(attempts.flags(), ElementsAre(CLONE_NEWPID));
}

TEST(TryPrivileges, SaysWhatItHasProbed) {
  Attempts attempts({EPERM, EUSERS});
  const PrivilegeTried tried = attempts.Try(true);
  EXPECT_EQ(tried.err, EUSERS);
  EXPECT_EQ(tried.probed,
            "clone3(CLONE_NEWPID) -> EPERM (Operation not permitted), "
            "clone3(CLONE_NEWUSER|CLONE_NEWPID) -> EUSERS (Too many users)");
}

}  // namespace
}  // namespace pidlab
