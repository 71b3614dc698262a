#include "benchmarks/harness/route.h"

#include <sched.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/user_namespace.h"

namespace pidlab {

std::optional<Route> FindRoute() {
  constexpr uint64_t kNamespaces = CLONE_NEWPID | CLONE_NEWNS;
  if (InChild(kNamespaces, [] { return 0; }).ok()) return Route::kAsWeAre;
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  const Sys<Ending> ended = InChild(CLONE_NEWUSER | kNamespaces, [uid, gid] {
    return MapRootTo(uid, gid).ok() ? 0 : 1;
  });
  if (ended.ok() && ended.value == Exited(0)) return Route::kUserNamespace;
  return std::nullopt;
}

std::string RouteText(Route route) {
  const std::string uid = "uid " + std::to_string(geteuid());
  return route == Route::kAsWeAre ? "as " + uid
                                  : "in a user namespace of " + uid;
}

int PinToOneCpu() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return -1;
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return sched_setaffinity(0, sizeof(one), &one) == 0 ? cpu : -1;
  }
  return -1;
}

}  // namespace pidlab
