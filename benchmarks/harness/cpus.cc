#include "benchmarks/harness/cpus.h"

#include <sched.h>

namespace pidlab {

std::vector<int> AllowedCpus() {
  cpu_set_t allowed;
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<size_t>(cpu), &allowed)) cpus.push_back(cpu);
  }
  return cpus;
}

Sys<int> PinTo(pid_t pid, int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(cpu), &one);
  return FromErrno(sched_setaffinity(pid, sizeof(one), &one));
}

std::optional<int> PinToOneCpu() {
  const std::vector<int> allowed = AllowedCpus();
  if (allowed.empty() || !PinTo(0, allowed.back()).ok()) return {};
  return allowed.back();
}

}  // namespace pidlab
