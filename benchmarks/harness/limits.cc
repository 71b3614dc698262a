#include "benchmarks/harness/limits.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>

#include "benchmarks/harness/cgroups.h"
#include "benchmarks/harness/cpus.h"
#include "benchmarks/harness/find_privilege.h"
#include "benchmarks/harness/proc_files.h"
#include "lib/host/privilege.h"
#include "lib/linux/clone.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// RESERVED_PIDS in the kernel's pid.c: when the numbers start again from the
// beginning, those below it are not given out.
constexpr int64_t kReservedPids = 300;

void Tighten(Allowance& allowance, int64_t left, const std::string& limit,
             const std::string& to_raise) {
  if (left < allowance.left) {
    allowance = {std::max<int64_t>(left, 0), limit, to_raise};
  }
}

// Tries whether the caller may make one more process with another soft limit.
class ProcessLimit {
 public:
  ProcessLimit() { known_ = getrlimit(RLIMIT_NPROC, &before_) == 0; }
  ProcessLimit(const ProcessLimit&) = delete;
  ProcessLimit& operator=(const ProcessLimit&) = delete;
  ~ProcessLimit() {
    if (known_) setrlimit(RLIMIT_NPROC, &before_);
  }

  bool is_set() const { return known_ && before_.rlim_cur != RLIM_INFINITY; }
  int64_t soft() const {
    constexpr rlim_t kMostPids = 4 * kMiB;  // PID_MAX_LIMIT
    return static_cast<int64_t>(std::min(before_.rlim_cur, kMostPids));
  }
  bool Allows(int64_t limit) const {
    const rlimit lowered = {static_cast<rlim_t>(limit), before_.rlim_max};
    return setrlimit(RLIMIT_NPROC, &lowered) == 0 &&
           InChild(0, [] { return 0; }).ok();
  }

 private:
  rlimit before_{};
  bool known_;
};

void TightenByProcessLimit(Allowance& processes) {
  const ProcessLimit limit;
  if (!limit.is_set() || limit.Allows(0)) return;
  int64_t too_low = 0;
  int64_t enough = limit.soft() + 1;
  while (enough - too_low > 1) {
    const int64_t middle = too_low + (enough - too_low) / 2;
    (limit.Allows(middle) ? enough : too_low) = middle;
  }
  Tighten(processes, limit.soft() - too_low, "RLIMIT_NPROC",
          "a higher `ulimit -u`");
}

Allowance ProcessesLeft(const std::string& proc,
                        const std::vector<std::string>& cgroups) {
  Allowance processes;
  TightenByProcessLimit(processes);
  // "0.20 0.18 0.12 1/80 11206": 1 of 80 threads runs.
  const std::string load = ReadText(proc + "/loadavg");
  const size_t slash = load.find('/');
  const int64_t threads =
      slash == load.npos ? 0 : std::atoll(load.c_str() + slash + 1);
  const std::string kernel = proc + "/sys/kernel/";
  if (const auto most = ReadNumber(kernel + "pid_max")) {
    Tighten(processes, *most - kReservedPids - threads, "kernel.pid_max",
            "a higher `sysctl kernel.pid_max`");
  }
  if (const auto most = ReadNumber(kernel + "threads-max")) {
    Tighten(processes, *most - threads, "kernel.threads-max",
            "a higher `sysctl kernel.threads-max`");
  }
  for (const std::string& cgroup : cgroups) {
    const auto most = ReadNumber(cgroup + "/pids.max");
    const auto used = ReadNumber(cgroup + "/pids.current");
    if (!most || !used) continue;
    Tighten(processes, *most - *used, "pids.max of " + cgroup,
            "a higher pids.max of its cgroup (docker run --pids-limit)");
  }
  return processes;
}

Allowance NamespacesLeft(const std::string& proc) {
  Allowance namespaces;
  if (const auto most = ReadNumber(proc + "/sys/user/max_pid_namespaces")) {
    Tighten(namespaces, *most, "user.max_pid_namespaces",
            "a higher `sysctl user.max_pid_namespaces`");
  }
  return namespaces;
}

// How many namespaces can be nested, the first of them with these flags.
int NestedNamespaces(uint64_t flags, int at_most) {
  if (at_most == 0) return 0;
  const Sys<Ending> ended = InChild(flags | CLONE_NEWPID, [at_most] {
    return NestedNamespaces(0, at_most - 1);
  });
  const bool made = ended.ok() && ended.value.kind == Ending::Kind::kExited;
  return made ? 1 + ended.value.number : 0;
}

Allowance LevelsLeft() {
  constexpr int kMost = kMaxPidLevels - 1;
  const uint64_t flags = CloneFlags(FindPrivilege().privilege);
  return {NestedNamespaces(flags, kMost), "MAX_PID_NS_LEVEL",
          "a caller that is in fewer PID namespaces"};
}

struct MemoryCgroup {
  std::string limit;
  int64_t left;
};

// The files are those of version 2, then those of version 1. The memory of
// files that were not used recently counts as left, as it does in MemAvailable.
std::optional<MemoryCgroup> ReadMemoryCgroup(const std::string& cgroup) {
  static constexpr struct {
    const char* most;
    const char* used;
    const char* idle;
  } kVersions[] = {
      {"memory.max", "memory.current", "inactive_file"},
      {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"},
  };
  for (const auto& [most_file, used_file, idle_key] : kVersions) {
    const auto most = ReadNumber(cgroup + "/" + most_file);
    const auto used = ReadNumber(cgroup + "/" + used_file);
    if (!most || !used) continue;
    const auto idle = ReadNumberOf(cgroup + "/memory.stat", idle_key);
    return {{fmt::format("{} of {}", most_file, cgroup),
             *most - *used + idle.value_or(0)}};
  }
  return {};
}

Allowance MemoryLeft(const std::string& proc,
                     const std::vector<std::string>& cgroups) {
  Allowance memory;
  if (const auto kib = ReadNumberOf(proc + "/meminfo", "MemAvailable:")) {
    Tighten(memory, *kib * 1024 / 2, "half of MemAvailable",
            "a machine with more memory");
  }
  for (const std::string& cgroup : cgroups) {
    if (const auto found = ReadMemoryCgroup(cgroup)) {
      Tighten(memory, found->left / 2, "half of " + found->limit,
              "a higher memory limit of its cgroup (docker run --memory)");
    }
  }
  return memory;
}

Allowance MountsLeft(const std::string& proc, const std::string& mountinfo) {
  Allowance mounts;
  if (const auto most = ReadNumber(proc + "/sys/fs/mount-max")) {
    Tighten(mounts, *most - std::ranges::count(mountinfo, '\n'), "fs.mount-max",
            "a higher `sysctl fs.mount-max`");
  }
  return mounts;
}

Allowance CpusLeft() {
  const std::vector<int> allowed = AllowedCpus();
  if (allowed.empty()) return {};
  return {static_cast<int64_t>(allowed.size()), "sched_getaffinity()",
          "more CPUs"};
}

}  // namespace

Allowances AmountsLeft(const std::string& proc) {
  const std::string cgroup = ReadText(proc + "/self/cgroup");
  const std::string mountinfo = ReadText(proc + "/self/mountinfo");
  return {
      .processes =
          ProcessesLeft(proc, CgroupDirectories(cgroup, mountinfo, "pids")),
      .pid_namespaces = NamespacesLeft(proc),
      .pid_levels = LevelsLeft(),
      .memory_bytes =
          MemoryLeft(proc, CgroupDirectories(cgroup, mountinfo, "memory")),
      .mounts = MountsLeft(proc, mountinfo),
      .cpus = CpusLeft(),
  };
}

std::optional<Shortage> ShortOf(const Amounts& needed, const Allowances& left) {
  const struct {
    int64_t needed;
    const Allowance& allowance;
    const char* of_what;
    int64_t unit;
    const char* unit_name;
  } all[] = {
      {needed.processes, left.processes, "{} processes", 1, ""},
      {needed.pid_namespaces, left.pid_namespaces, "{} PID namespaces", 1, ""},
      {needed.pid_levels, left.pid_levels, "PID namespaces nested {} deep", 1,
       ""},
      {needed.memory_bytes, left.memory_bytes, "{} MiB of memory", kMiB,
       " MiB"},
      {needed.mounts, left.mounts, "{} mounts", 1, ""},
      {needed.cpus, left.cpus, "{} CPUs", 1, ""},
  };
  for (const auto& [amount, allowance, of_what, unit, unit_name] : all) {
    if (amount <= allowance.left) continue;
    // Rounded so that the first is the larger of the two.
    return {{fmt::format(fmt::runtime(of_what), (amount + unit - 1) / unit),
             fmt::format("{} leaves {}{}", allowance.limit,
                         allowance.left / unit, unit_name),
             allowance.to_raise}};
  }
  return {};
}

}  // namespace pidlab
