// What the depth of PID namespaces costs: a process has a number in each of the
// namespaces that it is in.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/room.h"

namespace pidlab {
namespace {

constexpr int kDepths[] = {0, 1, 4, 8, 16, 31};

// The clock is not exact enough for a single getpid().
constexpr int kCalls = 100;

StagePlan Chain(int processes, uint64_t flags) {
  return {.chain = std::vector<uint64_t>(
              static_cast<size_t>(std::max(processes, 1)), flags)};
}

// The operations run in the innermost of `depth` nested namespaces.
StagePlan Nested(int depth) {
  return Chain(depth, depth == 0 ? 0 : CLONE_NEWPID);
}

// The same number of processes, each the parent of the next, all in one
// namespace: a longer line of ancestors has a cost, too.
StagePlan Plain(int depth) { return Chain(depth, 0); }

Operation GetPid() {
  return Timed(std::to_string(kCalls) + " getpid()", [] {
    for (int i = 0; i < kCalls; ++i) syscall(SYS_getpid);
    return Sys<int>{};
  });
}

Pair AtDepth(int depth, const char* row, const char* base) {
  Pair pair;
  pair.group = "depth";
  pair.row = row;
  pair.base_name = base;
  pair.x = depth;
  pair.stage = Nested(depth);
  pair.needs = kRoomNeeded;
  pair.to_run = kRoomToRun;
  pair.amounts.processes = depth + 3;
  pair.amounts.pid_levels = depth;
  return pair;
}

Pair NewNamespace(int depth) {
  Pair pair = AtDepth(depth, "PID", "vfork");
  pair.subject = Creation(kVfork | CLONE_NEWPID);
  pair.base = Creation(kVfork);
  pair.amounts.pid_namespaces = kDyingPidNamespaces;
  pair.amounts.pid_levels = depth + 1;
  pair.blocks = 80;
  return pair;
}

Pair Process(int depth) {
  Pair pair = AtDepth(depth, "vfork", "plain");
  pair.subject = Creation(kVfork);
  pair.base = Creation(kVfork);
  pair.base_stage = Plain(depth);
  pair.blocks = 20;
  return pair;
}

Pair Question(int depth) {
  Pair pair = AtDepth(depth, "getpid", "depth 0");
  pair.subject = GetPid();
  pair.base = GetPid();
  pair.base_stage = Nested(0);
  pair.blocks = 40;
  // The operation only computes, at one of two speeds, depending on what else
  // its core does meanwhile. So the fastest tenth of a side depends on chance.
  pair.quantile = 0.5;
  return pair;
}

}  // namespace

std::vector<Pair> DepthPairs() {
  std::vector<Pair> pairs;
  for (const auto& make : {NewNamespace, Process, Question}) {
    for (const int depth : kDepths) pairs.push_back(make(depth));
  }
  return pairs;
}

}  // namespace pidlab
