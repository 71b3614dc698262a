#include "tool/report/results.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <utility>

#include "lib/linux/procfs.h"

namespace pidlab {

Environment DescribeEnvironment() {
  utsname name{};
  uname(&name);
  const Sys<PidChain> pids = OwnStatus().Get(&ProcessStatus::ns_pid);
  return {name.release, name.machine, geteuid(),
          pids.ok() ? static_cast<int>(pids.value.size()) - 1 : -1,
          sysconf(_SC_NPROCESSORS_ONLN)};
}

void Outcome::Add(Record run) {
  const bool first = runs.empty();
  ++runs[run.verdict];
  if (first || Severity(run.verdict) > Severity(record.verdict)) {
    record = std::move(run);
  }
}

Tally Results::Count() const {
  Tally tally;
  for (const FolderResults& folder : folders) {
    for (const Outcome& outcome : folder.outcomes) {
      if (outcome.runs.empty()) continue;
      tally.Add(outcome.record.verdict, outcome.experiment->info.verifies);
    }
  }
  return tally;
}

}  // namespace pidlab
