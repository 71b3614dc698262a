// Whether a new PID namespace costs more where there are many already.

#include <sched.h>

#include <vector>

#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/paused_child.h"
#include "benchmarks/harness/bare_child.h"
#include "benchmarks/harness/pair.h"

namespace pidlab {
namespace {

constexpr int kStanding[] = {0, 100, 1000, 10000};

// They are below the stage, which is PID 1, so they end with it.
StagePlan Beside(int standing, uint64_t flags) {
  return {.chain = {CLONE_NEWPID}, .prepare = [standing, flags] {
            std::vector<pid_t> pids(static_cast<size_t>(standing));
            return MakePaused(flags, pids);
          }};
}

Pair AmongStanding(int standing, const char* row, uint64_t flags) {
  return {.group = "live",
          .row = row,
          .base_name = "alone",
          .x = standing,
          .subject = Creation(kVfork | CLONE_NEWPID),
          .base = Creation(kVfork | CLONE_NEWPID),
          .stage = Beside(standing, flags),
          .base_stage = Beside(0, 0),
          .needs = kRoomNeeded,
          .to_run = kRoomToRun,
          .amounts = {.processes = standing + 4,
                      .pid_namespaces = standing + kDyingPidNamespaces,
                      .pid_levels = 2,
                      .memory_bytes = standing * kPausedBytes},
          .blocks = 30};
}

}  // namespace

std::vector<Pair> LivePairs() {
  std::vector<Pair> pairs;
  for (const int standing : kStanding) {
    pairs.push_back(AmongStanding(standing, "namespaces", CLONE_NEWPID));
  }
  // The control: what the processes cost that the namespaces need.
  for (const int standing : kStanding) {
    pairs.push_back(AmongStanding(standing, "processes", 0));
  }
  return pairs;
}

}  // namespace pidlab
