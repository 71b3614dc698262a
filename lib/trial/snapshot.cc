#include "lib/trial/snapshot.h"

#include <algorithm>

namespace pidlab {
namespace {

// Whether its PID is still its own: the kernel reports -1 for a process that is
// reaped.
bool IsThere(const DrivenProcess& process) {
  const Sys<PidChain> pids = ReadPidfdInfo(process.pidfd.get());
  return pids.ok() && !pids.value.empty() && pids.value.outermost() > 0;
}

std::vector<PidInNamespace> PidsOf(const DrivenProcess& process) {
  std::vector<PidInNamespace> pids;
  for (size_t level = 0; level < process.namespaces.size(); ++level) {
    pids.push_back({process.namespaces[level].number, process.pids[level]});
  }
  return pids;
}

}  // namespace

std::vector<SeenProcess> TakeSnapshot(const Chamber& chamber) {
  std::vector<SeenProcess> seen;
  std::vector<pid_t> parents;
  for (const auto& process : chamber.processes()) {
    if (process->role != DrivenProcess::Role::kMember) continue;
    const Sys<ProcessStatus> status = StatusOf(process->pid_outside);
    // The order matters: if the process is still there afterwards, then what
    // was read is about it.
    if (!status.ok() || !IsThere(*process)) continue;
    seen.push_back({process->name, -1, PidsOf(*process), process->pid_outside,
                    status.value.state});
    parents.push_back(status.value.ppid);
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    const auto parent =
        std::ranges::find(seen, parents[i], &SeenProcess::real_pid);
    if (parent != seen.end()) {
      seen[i].parent = static_cast<int>(parent - seen.begin());
    }
  }
  return seen;
}

}  // namespace pidlab
