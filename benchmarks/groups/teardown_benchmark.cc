// What it costs to end a PID namespace by killing its init, compared with
// killing and waiting for the same number of processes one by one.

#include <sched.h>

#include <algorithm>
#include <csignal>
#include <memory>

#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/paused_child.h"
#include "benchmarks/groups/room.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

// Slower operations are sampled less often.
struct Size {
  int processes;  // at once
  int blocks;
  int block_samples;
};
constexpr Size kSizes[] = {{1, 10, 10}, {10, 5, 10}, {100, 4, 6}, {1000, 2, 3}};

Sys<Sample> KillNamespace(int processes) {
  const Sys<pid_t> init = MakePausedNamespace(processes);
  if (!init.ok()) return Sys<Sample>::Failed(init.err);
  const int64_t begin = Now();
  kill(init.value, SIGKILL);
  const int err = WaitFor(init.value).err;
  return {{.total_ns = Now() - begin}, err};
}

Sys<Sample> KillEach(std::span<pid_t> pids) {
  const Sys<int> made = MakePaused(0, pids);
  if (!made.ok()) return Sys<Sample>::Failed(made.err);
  const int64_t begin = Now();
  for (const pid_t pid : pids) kill(pid, SIGKILL);
  int err = 0;
  for (const pid_t pid : pids) err = std::max(err, WaitFor(pid).err);
  return {{.total_ns = Now() - begin}, err};
}

Pair Killed(const Size& size) {
  const int processes = size.processes;
  const auto pids = std::make_shared<std::vector<pid_t>>(processes);
  return {
      .group = "teardown",
      .row = "kill init",
      .base_name = "kill all",
      .x = processes,
      .subject = {"kill(init), wait", [=] { return KillNamespace(processes); }},
      .base = {"kill() of each, wait for each",
               [=] { return KillEach(*pids); }},
      .stage = {.chain = {CLONE_NEWPID}},
      .needs = kRoomNeeded,
      .to_run = kRoomToRun,
      .amounts = {.processes = processes + 2,
                  .pid_namespaces = kDyingPidNamespaces,
                  .pid_levels = 2,
                  .memory_bytes = processes * kPausedBytes},
      .blocks = size.blocks,
      .block_samples = size.block_samples,
  };
}

}  // namespace

std::vector<Pair> TeardownPairs() {
  std::vector<Pair> pairs;
  for (const Size& size : kSizes) pairs.push_back(Killed(size));
  return pairs;
}

}  // namespace pidlab
