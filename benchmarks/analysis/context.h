// Where and how a run of the benchmarks measured: all that is known to change
// what a namespace costs. Also, what makes its figures doubtful.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_CONTEXT_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_CONTEXT_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pidlab {

// A number that is -1 is not known, or there is no such thing: a process that
// is not pinned, a limit that is not set. In JSON it is null.
struct Context {
  // The machine.
  std::string kernel;         // "6.18.44", uname -r
  std::string machine;        // "x86_64", uname -m
  std::string cpu_model;      // "model name" of /proc/cpuinfo, or ""
  std::string hypervisor;     // "KVMKVMKVM": what cpuid calls it; "" on bare
                              // metal, and where there is no cpuid
  bool in_pidlab_vm = false;  // in a machine of `pidlab vm`
  int cpus_online = 0;
  int64_t memory_bytes = 0;  // MemTotal
  int64_t page_bytes = 0;

  // The process that measures.
  int cpus_allowed = 0;  // before it pinned itself
  int pinned_cpu = -1;
  std::string route;   // "as uid 0", "a user namespace of uid 1000's"
  int pid_level = -1;  // how many PID namespaces are around it, as far as
                       // its /proc shows them; 0 is none
  int64_t mounts = 0;  // lines of /proc/self/mountinfo
  int64_t vmas = 0;    // lines of /proc/self/maps
  int64_t rss_bytes = 0;
  int64_t descriptors = 0;  // open ones
  int64_t threads = 0;
  std::string build;      // "optimised", "not optimised"
  std::string sanitizer;  // "", "address", "thread", "memory"
  bool quick = false;

  int64_t limit_processes = -1;       // RLIMIT_NPROC
  int64_t limit_pid_max = -1;         // /proc/sys/kernel/pid_max
  int64_t limit_pid_namespaces = -1;  // /proc/sys/user/max_pid_namespaces

  // The time.
  std::string began;         // "2026-01-31T12:00:00Z"
  double seconds = 0;        // of wall time
  double load_at_begin = 0;  // /proc/loadavg, 1 minute
  double load_at_end = 0;
  // Of the time of the CPU that it was pinned to (of all CPUs, if it was not),
  // 0 to 1: what other processes took, and what the hypervisor gave to others.
  double others_share = 0;
  double steal_share = 0;
};

// Reads everything of the caller and of the machine but what only who measures
// knows: pinned_cpu, route, quick, and what is known at the end only. What
// cannot be read stays as it is above. `proc` is where the caller's /proc is.
Context ReadContext(const std::string& proc = "/proc");

// The time that the CPUs spent, in clock ticks since boot (proc(5),
// /proc/stat).
struct CpuTime {
  int64_t all = 0;
  int64_t busy = 0;  // user, nice, system, irq, softirq
  int64_t stolen = 0;
};
// Of one CPU; of all of them, for -1. All zero if it cannot be read.
CpuTime ReadCpuTime(int cpu, const std::string& proc = "/proc");

// What the caller and the children that it has reaped have spent, on whatever
// CPU, in clock ticks.
int64_t ReadOwnTicks();

// Of the CPU time between two readings, in which `own` ticks were the caller's.
struct CpuShares {
  double others = 0;  // 0 to 1
  double stolen = 0;
};
CpuShares SharesOf(const CpuTime& before, const CpuTime& after, int64_t own);

// Fills in what is known at the end, but `seconds`: the load, and the shares,
// from what the CPU (context.pinned_cpu) did since `before` and what the caller
// did itself since `own_before`. What the kernel does for the caller later, in
// threads of its own, counts as that of others; what the caller does on other
// CPUs than the one it is pinned to makes the others' share look smaller.
void CloseContext(Context& context, const CpuTime& before, int64_t own_before,
                  const std::string& proc = "/proc");

// Why the figures of such a run are to be doubted; none if they are not. Each
// begins with a word by which a program knows it: "sanitized", "unoptimised",
// "unpinned", "emulated" (in a machine of `pidlab vm`, or by software: QEMU's
// TCG), "overloaded" (others had
// more than a quarter of its CPU, or the hypervisor gave away more than a
// twentieth; the load average says less, since a thousand processes that end
// at once are one).
// "overloaded: others took 48 % of the CPU", say.
std::vector<std::string> Doubts(const Context& context);

// With its doubts, which are not read back: they follow from the rest.
nlohmann::ordered_json ToJson(const Context& context);
// `place` is where the object stands in its document, for the message. Throws
// std::exception, with what is missing or of another kind.
Context ContextFromJson(const nlohmann::ordered_json& json,
                        const std::string& place = "context");

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_CONTEXT_H_
