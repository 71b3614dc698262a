// How much of each resource a benchmark may use here. This is found out before
// the benchmark begins, so that a curve ends with a message and not with a
// crash.

#ifndef PIDLAB_BENCHMARKS_HARNESS_LIMITS_H_
#define PIDLAB_BENCHMARKS_HARNESS_LIMITS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace pidlab {

// What a benchmark needs at once.
struct Amounts {
  int64_t processes = 0;
  int64_t pid_namespaces = 0;
  int64_t pid_levels = 0;  // of nested PID namespaces
  int64_t memory_bytes = 0;
  int64_t mounts = 0;
  int64_t cpus = 1;
};

// What the tightest limit of a resource leaves.
struct Allowance {
  int64_t left = std::numeric_limits<int64_t>::max();
  std::string limit;     // "RLIMIT_NPROC"
  std::string to_raise;  // how to get more: "a higher `ulimit -u`"
};

struct Allowances {
  // Threads count as well. The limits are RLIMIT_NPROC (setrlimit(2));
  // kernel.pid_max and kernel.threads-max, less all threads of the machine; and
  // pids.max of the cgroups. How many processes the user has is found by trying
  // lower values of RLIMIT_NPROC, so it is not a limit for a user that the
  // kernel exempts (uid 0 outside of user namespaces, CAP_SYS_RESOURCE).
  Allowance processes;
  // user.max_pid_namespaces (namespaces(7)). The number that exist already
  // cannot be read.
  Allowance pid_namespaces;
  // How deep they could be nested when this was tried: 32 if the caller is in
  // the initial namespace (MAX_PID_NS_LEVEL of <linux/pid_namespace.h>).
  Allowance pid_levels;
  // Half of MemAvailable (proc(5)), and of what the memory limits of the
  // cgroups leave: the rest is for others.
  Allowance memory_bytes;
  // fs.mount-max, less what is mounted.
  Allowance mounts;
  // From sched_getaffinity(2), so it has to be read before the caller pins
  // itself.
  Allowance cpus;
};

// What is left for the caller. A limit that cannot be read, or that does not
// exist here, is ignored. `proc` is where the caller's /proc is.
Allowances AmountsLeft(const std::string& proc = "/proc");

// What cannot be done, in the words of an Omission
// (benchmarks/analysis/measured.h).
struct Shortage {
  std::string needs;   // "10000 processes"
  std::string probed;  // "RLIMIT_NPROC leaves 4096"
  std::string to_run;  // Allowance::to_raise
};

// The first resource, in the order above, of which too little is left; nothing
// if there is enough of all.
std::optional<Shortage> ShortOf(const Amounts& needed, const Allowances& left);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_LIMITS_H_
