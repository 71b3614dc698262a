#include "benchmarks/harness/read_context.h"

#include <dirent.h>
#include <fmt/chrono.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <sstream>

#include "benchmarks/harness/proc_files.h"
#include "lib/host/hypervisor.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

#ifdef __OPTIMIZE__
constexpr const char* kBuild = "optimised";
#else
constexpr const char* kBuild = "not optimised";
#endif

// g++ defines macros, and clang has __has_feature.
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

int64_t LinesIn(const std::string& path) {
  return std::ranges::count(ReadText(path), '\n');
}

// "model name\t: AMD EPYC" of the first processor; "" without such a line.
std::string CpuModel(const std::string& cpuinfo) {
  std::istringstream lines(cpuinfo);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("model name\t")) continue;
    const size_t value = line.find(": ");
    return value == line.npos ? "" : line.substr(value + 2);
  }
  return "";
}

bool IsPidlabVm(const std::string& command_line) {
  std::istringstream words(command_line);
  for (std::string word; words >> word;) {
    if (word == kVmKernelArgument) return true;
  }
  return false;
}

std::optional<int64_t> PidNamespaceLevel(const std::string& status_file) {
  const Sys<ProcessStatus> status = ReadStatus(status_file.c_str());
  if (status.value.ns_pid.empty()) return {};
  return static_cast<int64_t>(status.value.ns_pid.size()) - 1;
}

int64_t EntriesIn(const std::string& directory) {
  DIR* listing = opendir(directory.c_str());
  if (listing == nullptr) return 0;
  const std::string listings_own = std::to_string(dirfd(listing));
  int64_t count = 0;
  while (const dirent* entry = readdir(listing)) {
    if (entry->d_name[0] != '.' && entry->d_name != listings_own) ++count;
  }
  closedir(listing);
  return count;
}

}  // namespace

Context ReadContext(const std::string& proc) {
  const std::string status = proc + "/self/status";
  Context context;
  utsname name{};
  uname(&name);
  context.kernel = name.release;
  context.machine = name.machine;
  context.cpu_model = CpuModel(ReadText(proc + "/cpuinfo"));
  context.hypervisor = HypervisorName();
  context.in_pidlab_vm = IsPidlabVm(ReadText(proc + "/cmdline"));
  context.cpus_online = sysconf(_SC_NPROCESSORS_ONLN);

  context.pid_namespace_level = PidNamespaceLevel(status);
  context.mounts = LinesIn(proc + "/self/mountinfo");
  context.virtual_memory_areas = LinesIn(proc + "/self/maps");
  context.resident_bytes = ReadNumberOf(status, "VmRSS:").value_or(0) * 1024;
  context.open_descriptors = EntriesIn(proc + "/self/fd");
  context.threads = ReadNumberOf(status, "Threads:").value_or(0);
  context.build = kBuild;
  context.sanitizer = kSanitizer;

  context.began = fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
  return context;
}

}  // namespace pidlab
