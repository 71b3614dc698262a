#include "benchmarks/harness/cpu_time.h"

#include <sys/times.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace pidlab {
namespace {

CpuTime ParseCpuTime(std::istringstream& columns) {
  int64_t user, nice, system, idle, iowait, irq, softirq, stolen;
  columns >> user >> nice >> system >> idle >> iowait >> irq >> softirq >>
      stolen;
  if (!columns) return {};
  // The guests' times, which follow, are contained in user and nice.
  const int64_t busy = user + nice + system + irq + softirq;
  return {.all = busy + idle + iowait + stolen, .busy = busy, .stolen = stolen};
}

int64_t OwnTicks() {
  tms own{};
  times(&own);
  return own.tms_utime + own.tms_stime + own.tms_cutime + own.tms_cstime;
}

}  // namespace

CpuTime ReadCpuTime(std::optional<int64_t> cpu, const std::string& proc) {
  const std::string wanted = "cpu" + (cpu ? std::to_string(*cpu) : "");
  CpuTime time;
  std::ifstream file(proc + "/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    std::string name;
    if (columns >> name && name == wanted) time = ParseCpuTime(columns);
  }
  time.own = OwnTicks();
  return time;
}

CpuShares SharesOf(const CpuTime& before, const CpuTime& after) {
  const auto all = static_cast<double>(after.all - before.all);
  if (all <= 0) return {};
  const auto share = [all](int64_t ticks) {
    return std::clamp(static_cast<double>(ticks) / all, 0.0, 1.0);
  };
  const int64_t own = after.own - before.own;
  return {share(after.busy - before.busy - own),
          share(after.stolen - before.stolen)};
}

}  // namespace pidlab
