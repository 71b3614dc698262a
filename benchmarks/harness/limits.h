// How much of everything a benchmark may use here: found out before it begins,
// so that a curve ends with a message and not with a crash.

#ifndef PIDLAB_BENCHMARKS_HARNESS_LIMITS_H_
#define PIDLAB_BENCHMARKS_HARNESS_LIMITS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace pidlab {

// What a benchmark needs at once.
struct Amounts {
  int64_t processes = 0;
  int64_t pid_namespaces = 0;
  int64_t pid_levels = 0;  // of PID namespaces in each other
  int64_t memory_bytes = 0;
  int64_t mounts = 0;
  int64_t cpus = 1;
};

// What is left of one of them, by the limit that leaves the least.
struct Allowance {
  int64_t left = std::numeric_limits<int64_t>::max();
  std::string limit;     // "RLIMIT_NPROC"
  std::string to_raise;  // what would leave more: "a higher `ulimit -u`"
};

struct Allowances {
  // Of threads, too. RLIMIT_NPROC (setrlimit(2)): how many the user has
  // already is found by trying lower limits, so it is no limit for whom the
  // kernel exempts (uid 0 outside of user namespaces, CAP_SYS_RESOURCE). Also
  // kernel.pid_max and kernel.threads-max, less all threads of the machine, and
  // pids.max of the cgroups.
  Allowance processes;
  // user.max_pid_namespaces (namespaces(7)). How many there are already cannot
  // be read.
  Allowance pid_namespaces;
  // Tried: so many can be made in each other. 32 if the caller is in the first
  // one (MAX_PID_NS_LEVEL of <linux/pid_namespace.h>).
  Allowance pid_levels;
  // Half of MemAvailable (proc(5)), and of what the memory limits of the
  // cgroups leave: the rest is for others.
  Allowance memory_bytes;
  // fs.mount-max, less what is mounted.
  Allowance mounts;
  // sched_getaffinity(2): so this is called before the caller pins itself.
  Allowance cpus;
};

// What is left to the caller. A limit that cannot be read, or that there is not
// here, is none. `proc` is where its /proc is.
Allowances AmountsLeft(const std::string& proc = "/proc");

// What cannot be done, as an Omission (benchmarks/analysis/measured.h) tells
// it.
struct Shortage {
  std::string needs;   // "10000 processes"
  std::string probed;  // "RLIMIT_NPROC leaves 4096"
  std::string to_run;  // Allowance::to_raise
};

// The first, in the order above, that there is too little of.
std::optional<Shortage> ShortOf(const Amounts& needed, const Allowances& left);

// A PID namespace counts until 20 to 50 ms after the end of its last process.
// So many are on their way where one CPU makes one after the other.
inline constexpr int64_t kDyingPidNamespaces = 2000;

// For Pair::needs and Pair::to_run of what needs a lot at once. The limits of
// user namespaces and of cgroups around the caller's own cannot be read, so it
// may be the attempt that finds them.
inline constexpr const char* kRoomNeeded = "room for as much at once";
inline constexpr const char* kRoomToRun =
    "higher limits around its user namespace and its cgroup";

// The directories of the cgroups that the caller is in and that may limit it,
// from its own to the outermost that it can see: those of `controller`
// ("memory") in version 1 (cgroups(7)), then those of version 2. The texts are
// /proc/self/cgroup and /proc/self/mountinfo.
std::vector<std::string> CgroupDirectories(const std::string& cgroup,
                                           const std::string& mountinfo,
                                           const std::string& controller);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_LIMITS_H_
