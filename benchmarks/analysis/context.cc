#include "benchmarks/analysis/context.h"

#include <dirent.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "benchmarks/analysis/fields.h"
#include "lib/host/hypervisor.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostOfOthers = 0.25;
constexpr double kMostStolen = 0.05;

#ifdef __OPTIMIZE__
constexpr const char* kBuild = "optimised";
#else
constexpr const char* kBuild = "not optimised";
#endif

// g++ has the macros, clang the features.
#if defined(__SANITIZE_ADDRESS__)
constexpr const char* kSanitizer = "address";
#elif defined(__SANITIZE_THREAD__)
constexpr const char* kSanitizer = "thread";
#elif !defined(__clang__)
constexpr const char* kSanitizer = "";
#elif __has_feature(address_sanitizer)
constexpr const char* kSanitizer = "address";
#elif __has_feature(thread_sanitizer)
constexpr const char* kSanitizer = "thread";
#elif __has_feature(memory_sanitizer)
constexpr const char* kSanitizer = "memory";
#else
constexpr const char* kSanitizer = "";
#endif

// /proc/self/maps and /proc/stat are longer than what ReadFile() takes.
int64_t LinesOf(const std::string& path) {
  std::ifstream file(path);
  return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
}

// What stands behind a key and its colon, in its first line; "" without one.
std::string ValueOf(const std::string& path, std::string_view key) {
  constexpr const char* kBlanks = " \t";
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string_view before(line.data(), colon);
    if (before.substr(0, before.find_last_not_of(kBlanks) + 1) != key) continue;
    const size_t value = line.find_first_not_of(kBlanks, colon + 1);
    return value == line.npos ? "" : line.substr(value);
  }
  return "";
}

// What a text begins with, if that is a number.
template <typename Number>
std::optional<Number> NumberOf(std::string_view text) {
  Number number;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return {};
  return number;
}

int64_t NumberIn(const std::string& path, std::string_view key) {
  return NumberOf<int64_t>(ValueOf(path, key)).value_or(0);
}

// "16301552 kB" is 16301552 KiB.
int64_t BytesIn(const std::string& path, std::string_view key) {
  return NumberIn(path, key) * 1024;
}

int64_t LimitIn(const std::string& path) {
  const Sys<FileText> text = ReadFile(path.c_str());
  return NumberOf<int64_t>(text.value).value_or(-1);
}

bool IsPidlabVm(const std::string& command_line) {
  std::ifstream words(command_line);
  for (std::string word; words >> word;) {
    if (word == kVmKernelArgument) return true;
  }
  return false;
}

double LoadIn(const std::string& path) {
  const Sys<FileText> text = ReadFile(path.c_str());
  return NumberOf<double>(text.value).value_or(0);
}

int64_t ProcessLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NPROC, &limit) != 0) return -1;
  if (limit.rlim_cur == RLIM_INFINITY) return -1;
  return static_cast<int64_t>(limit.rlim_cur);
}

int PidLevel(const std::string& proc) {
  const Sys<ProcessStatus> status = ReadStatus((proc + "/self/status").c_str());
  return static_cast<int>(status.value.ns_pid.size()) - 1;
}

int64_t OpenDescriptors(const std::string& proc) {
  DIR* listing = opendir((proc + "/self/fd").c_str());
  if (listing == nullptr) return 0;
  const std::string listings_own = std::to_string(dirfd(listing));
  int64_t count = 0;
  while (const dirent* entry = readdir(listing)) {
    if (entry->d_name[0] != '.' && entry->d_name != listings_own) ++count;
  }
  closedir(listing);
  return count;
}

int CpusAllowed() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 0;
}

Json OrNull(int64_t number) { return number < 0 ? Json() : Json(number); }

template <typename Integer>
Integer WholeOrNull(const Fields& fields, const char* key) {
  return fields.At(key).is_null() ? -1 : fields.Whole<Integer>(key, 0);
}

}  // namespace

Context ReadContext(const std::string& proc) {
  Context context;
  utsname name{};
  uname(&name);
  context.kernel = name.release;
  context.machine = name.machine;
  context.cpu_model = ValueOf(proc + "/cpuinfo", "model name");
  context.hypervisor = HypervisorName();
  context.in_pidlab_vm = IsPidlabVm(proc + "/cmdline");
  context.cpus_online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  context.memory_bytes = BytesIn(proc + "/meminfo", "MemTotal");
  context.page_bytes = sysconf(_SC_PAGESIZE);

  context.cpus_allowed = CpusAllowed();
  context.pid_level = PidLevel(proc);
  context.mounts = LinesOf(proc + "/self/mountinfo");
  context.vmas = LinesOf(proc + "/self/maps");
  context.rss_bytes = BytesIn(proc + "/self/status", "VmRSS");
  context.descriptors = OpenDescriptors(proc);
  context.threads = NumberIn(proc + "/self/status", "Threads");
  context.build = kBuild;
  context.sanitizer = kSanitizer;

  context.limit_processes = ProcessLimit();
  context.limit_pid_max = LimitIn(proc + "/sys/kernel/pid_max");
  context.limit_pid_namespaces = LimitIn(proc + "/sys/user/max_pid_namespaces");

  context.began = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  context.load_at_begin = LoadIn(proc + "/loadavg");
  return context;
}

CpuTime ReadCpuTime(int cpu, const std::string& proc) {
  const std::string wanted = cpu < 0 ? "cpu" : fmt::format("cpu{}", cpu);
  std::ifstream file(proc + "/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    if (!(words >> name) || name != wanted) continue;
    int64_t user, nice, system, idle, iowait, irq, softirq, stolen;
    words >> user >> nice >> system >> idle >> iowait >> irq >> softirq >>
        stolen;
    if (!words) return {};
    // The guests' times, which follow, are contained in user and nice.
    const int64_t busy = user + nice + system + irq + softirq;
    return {busy + idle + iowait + stolen, busy, stolen};
  }
  return {};
}

int64_t ReadOwnTicks() {
  tms own{};
  times(&own);
  return own.tms_utime + own.tms_stime + own.tms_cutime + own.tms_cstime;
}

CpuShares SharesOf(const CpuTime& before, const CpuTime& after, int64_t own) {
  const auto all = static_cast<double>(after.all - before.all);
  if (all <= 0) return {};
  const auto share = [all](int64_t ticks) {
    return std::clamp(static_cast<double>(ticks) / all, 0.0, 1.0);
  };
  return {share(after.busy - before.busy - own),
          share(after.stolen - before.stolen)};
}

void CloseContext(Context& context, const CpuTime& before, int64_t own_before,
                  const std::string& proc) {
  context.load_at_end = LoadIn(proc + "/loadavg");
  const CpuShares shares =
      SharesOf(before, ReadCpuTime(context.pinned_cpu, proc),
               ReadOwnTicks() - own_before);
  context.others_share = shares.others;
  context.steal_share = shares.stolen;
}

std::vector<std::string> Doubts(const Context& context) {
  std::vector<std::string> doubts;
  if (!context.sanitizer.empty()) {
    doubts.push_back(fmt::format("sanitized: built with the {} sanitizer",
                                 context.sanitizer));
  }
  if (context.build != "optimised") {
    doubts.emplace_back("unoptimised: built without optimisation");
  }
  if (context.pinned_cpu < 0) {
    doubts.emplace_back("unpinned: it may have moved from CPU to CPU");
  }
  if (context.hypervisor == kSoftwareEmulation) {
    doubts.emplace_back("emulated: the CPU is software, QEMU's TCG");
  } else if (context.in_pidlab_vm) {
    doubts.emplace_back("emulated: in a virtual machine of `pidlab vm`");
  }
  if (context.others_share > kMostOfOthers) {
    doubts.push_back(fmt::format("overloaded: others took {:.0f} % of the CPU",
                                 100 * context.others_share));
  }
  if (context.steal_share > kMostStolen) {
    doubts.push_back(fmt::format(
        "overloaded: the hypervisor gave {:.0f} % of the CPU to others",
        100 * context.steal_share));
  }
  return doubts;
}

Json ToJson(const Context& context) {
  return {{"kernel", context.kernel},
          {"machine", context.machine},
          {"cpu_model", context.cpu_model},
          {"hypervisor", context.hypervisor},
          {"in_pidlab_vm", context.in_pidlab_vm},
          {"cpus_online", context.cpus_online},
          {"memory_bytes", context.memory_bytes},
          {"page_bytes", context.page_bytes},
          {"cpus_allowed", context.cpus_allowed},
          {"pinned_cpu", OrNull(context.pinned_cpu)},
          {"privilege_route", context.route},
          {"pid_namespace_level", OrNull(context.pid_level)},
          {"mounts", context.mounts},
          {"virtual_memory_areas", context.vmas},
          {"resident_bytes", context.rss_bytes},
          {"open_descriptors", context.descriptors},
          {"threads", context.threads},
          {"build", context.build},
          {"sanitizer", context.sanitizer},
          {"quick", context.quick},
          {"limit_processes", OrNull(context.limit_processes)},
          {"limit_pid_max", OrNull(context.limit_pid_max)},
          {"limit_pid_namespaces", OrNull(context.limit_pid_namespaces)},
          {"began", context.began},
          {"elapsed_seconds", context.seconds},
          {"load_at_begin", context.load_at_begin},
          {"load_at_end", context.load_at_end},
          {"cpu_share_of_others", context.others_share},
          {"cpu_share_stolen", context.steal_share},
          {"doubts", Doubts(context)}};
}

Context ContextFromJson(const Json& json, const std::string& place) {
  const Fields fields(json, place);
  constexpr double kMost = 1e9;  // of seconds, of a load
  Context context;
  context.kernel = fields.Text("kernel");
  context.machine = fields.Text("machine");
  context.cpu_model = fields.Text("cpu_model");
  context.hypervisor = fields.Text("hypervisor");
  context.in_pidlab_vm = fields.Flag("in_pidlab_vm");
  context.cpus_online = fields.Whole<int>("cpus_online", 0);
  context.memory_bytes = fields.Whole<int64_t>("memory_bytes", 0);
  context.page_bytes = fields.Whole<int64_t>("page_bytes", 0);
  context.cpus_allowed = fields.Whole<int>("cpus_allowed", 0);
  context.pinned_cpu = WholeOrNull<int>(fields, "pinned_cpu");
  context.route = fields.Text("privilege_route");
  context.pid_level = WholeOrNull<int>(fields, "pid_namespace_level");
  context.mounts = fields.Whole<int64_t>("mounts", 0);
  context.vmas = fields.Whole<int64_t>("virtual_memory_areas", 0);
  context.rss_bytes = fields.Whole<int64_t>("resident_bytes", 0);
  context.descriptors = fields.Whole<int64_t>("open_descriptors", 0);
  context.threads = fields.Whole<int64_t>("threads", 0);
  context.build = fields.Text("build");
  context.sanitizer = fields.Text("sanitizer");
  context.quick = fields.Flag("quick");
  context.limit_processes = WholeOrNull<int64_t>(fields, "limit_processes");
  context.limit_pid_max = WholeOrNull<int64_t>(fields, "limit_pid_max");
  context.limit_pid_namespaces =
      WholeOrNull<int64_t>(fields, "limit_pid_namespaces");
  context.began = fields.Text("began");
  context.seconds = fields.Number("elapsed_seconds", 0, kMost);
  context.load_at_begin = fields.Number("load_at_begin", 0, kMost);
  context.load_at_end = fields.Number("load_at_end", 0, kMost);
  context.others_share = fields.Number("cpu_share_of_others", 0, 1);
  context.steal_share = fields.Number("cpu_share_stolen", 0, 1);
  return context;
}

}  // namespace pidlab
