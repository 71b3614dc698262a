// Where and how a run of the benchmarks measured: everything that is known to
// change what a namespace costs. Also, what makes its figures doubtful. This is
// only data: benchmarks/harness/read_context.h fills it in.

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_CONTEXT_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace pidlab {

// A member that cannot be read here is empty or zero, or has no value.
struct Context {
  // The machine.
  std::string kernel;         // "6.18.44", uname -r
  std::string machine;        // "x86_64", uname -m
  std::string cpu_model;      // "model name" of /proc/cpuinfo
  std::string hypervisor;     // "KVMKVMKVM": its name by cpuid; "" on bare
                              // metal, and where there is no cpuid
  bool in_pidlab_vm = false;  // in a machine of `pidlab vm`
  int64_t cpus_online = 0;

  // The process that measures.
  std::optional<int64_t> pinned_cpu;
  std::string privilege;  // "as uid 0", "in a user namespace of uid 1000"
  // The number of PID namespaces around it, as far as its /proc shows them.
  std::optional<int64_t> pid_namespace_level;
  int64_t mounts = 0;                // lines of /proc/self/mountinfo
  int64_t virtual_memory_areas = 0;  // lines of /proc/self/maps
  int64_t resident_bytes = 0;
  int64_t open_descriptors = 0;
  int64_t threads = 0;
  std::string build;      // "optimised", "not optimised"
  std::string sanitizer;  // "", "address", "thread", "memory"
  bool quick = false;

  // The time.
  std::string began;           // "2026-01-31T12:00:00Z"
  double elapsed_seconds = 0;  // of wall time
  // Shares of the time of the CPU that it was pinned to (of all CPUs, if it was
  // not), from 0 to 1: what other processes took, and what the hypervisor gave
  // to other machines.
  double cpu_share_of_others = 0;
  double cpu_share_stolen = 0;
};

// Describes a member of Context, so that it can be written, read and compared.
template <typename T>
struct ContextField {
  constexpr ContextField(const char* key, T Context::*member,
                         const char* compared_as = nullptr, double most = 1e9)
      : key(key), member(member), compared_as(compared_as), most(most) {}

  const char* key;  // in JSON: the name of the member
  T Context::*member;
  const char* compared_as;  // its name for the user if it may change a ratio
  double most;              // the maximum of a fraction; the minimum is 0
};

inline constexpr std::tuple kContextFields = {
    ContextField("kernel", &Context::kernel, "kernel"),
    ContextField("machine", &Context::machine, "machine"),
    ContextField("cpu_model", &Context::cpu_model, "CPU"),
    ContextField("hypervisor", &Context::hypervisor, "hypervisor"),
    ContextField("in_pidlab_vm", &Context::in_pidlab_vm),
    ContextField("cpus_online", &Context::cpus_online, "CPUs"),
    ContextField("pinned_cpu", &Context::pinned_cpu),
    ContextField("privilege", &Context::privilege, "privilege"),
    ContextField("pid_namespace_level", &Context::pid_namespace_level,
                 "PID namespaces around it"),
    ContextField("mounts", &Context::mounts, "mounts"),
    ContextField("virtual_memory_areas", &Context::virtual_memory_areas),
    ContextField("resident_bytes", &Context::resident_bytes),
    ContextField("open_descriptors", &Context::open_descriptors, "descriptors"),
    ContextField("threads", &Context::threads, "threads"),
    ContextField("build", &Context::build, "build"),
    ContextField("sanitizer", &Context::sanitizer, "sanitizer"),
    ContextField("quick", &Context::quick, "quick"),
    ContextField("began", &Context::began),
    ContextField("elapsed_seconds", &Context::elapsed_seconds),
    ContextField("cpu_share_of_others", &Context::cpu_share_of_others, nullptr,
                 1),
    ContextField("cpu_share_stolen", &Context::cpu_share_stolen, nullptr, 1),
};

// Calls `visit` with each field.
template <typename Visit>
void ForEachContextField(Visit visit) {
  std::apply([&visit](const auto&... field) { (visit(field), ...); },
             kContextFields);
}

// The reasons to doubt the figures of such a run; empty if there are none. Each
// begins with a word that a program can recognize:
//
//   sanitized, unoptimised, unpinned
//   emulated    It ran in a machine of `pidlab vm`, or QEMU's TCG was its CPU.
//   overloaded  Others had more than a quarter of its CPU, or the hypervisor
//               gave away more than a twentieth. The load average says less: a
//               thousand processes that end at once are one.
//
// "overloaded: others took 48 % of the CPU", for example.
std::vector<std::string> Doubts(const Context& context);

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_CONTEXT_H_
