#include "lib/linux/capabilities.h"

#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

// Whether "CapEff:" has CAP_SETPCAP, found out in another way than by our own
// code: a process without it cannot drop anything from its bounding set.
bool HasSetPcap() { return prctl(PR_CAPBSET_DROP, CAP_WAKE_ALARM) == 0; }

TEST(KeepCapabilities, KeepsTheseAndNoOthers) {
  // In a new user namespace the child has all of them.
  const Sys<Ending> ending = InChild(CLONE_NEWUSER, [] {
    if (!HasSetPcap()) return 1;
    const uint64_t one = Capability(CAP_SETPCAP);
    const uint64_t other = Capability(kCapCheckpointRestore);
    if (!KeepCapabilities(one | other).ok() || !HasSetPcap()) return 2;
    if (!KeepCapabilities(other).ok() || HasSetPcap()) return 3;
    // What was given up does not come back; `other` is in the second word.
    if (KeepCapabilities(one).err != EPERM) return 4;
    if (!KeepCapabilities(other).ok()) return 5;
    if (!KeepCapabilities(0).ok()) return 6;
    return KeepCapabilities(other).err == EPERM ? 0 : 7;
  });
  if (!ending.ok()) GTEST_SKIP() << strerrorname_np(ending.err);
  EXPECT_EQ(ending.value, Exited(0));
}

}  // namespace
}  // namespace pidlab
