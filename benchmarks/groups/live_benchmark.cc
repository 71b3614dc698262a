// Whether a new PID namespace costs more if there are many already.

#include <sched.h>

#include <vector>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/paused_child.h"
#include "benchmarks/groups/room.h"

namespace pidlab {
namespace {

constexpr int kLive[] = {0, 100, 1000, 10000};

// The processes are below the stage, which is PID 1, so they end with it.
StagePlan Among(int live, uint64_t flags) {
  return {.chain = {CLONE_NEWPID}, .prepare = [live, flags] {
            std::vector<pid_t> pids(static_cast<size_t>(live));
            return MakePaused(flags, pids);
          }};
}

Pair AmongLive(int live, const char* row, uint64_t flags) {
  return {.group = "live",
          .row = row,
          .base_name = "alone",
          .x = live,
          .subject = Creation(kVfork | CLONE_NEWPID),
          .base = Creation(kVfork | CLONE_NEWPID),
          .stage = Among(live, flags),
          .base_stage = Among(0, 0),
          .needs = kRoomNeeded,
          .to_run = kRoomToRun,
          .amounts = {.processes = live + 4,
                      .pid_namespaces = live + kDyingPidNamespaces,
                      .pid_levels = 2,
                      .memory_bytes = live * kPausedBytes},
          .blocks = 30};
}

}  // namespace

std::vector<Pair> LivePairs() {
  std::vector<Pair> pairs;
  for (const int live : kLive) {
    pairs.push_back(AmongLive(live, "namespaces", CLONE_NEWPID));
  }
  // The control: what the processes of such namespaces cost without the
  // namespaces.
  for (const int live : kLive) {
    pairs.push_back(AmongLive(live, "processes", 0));
  }
  return pairs;
}

}  // namespace pidlab
