#include "lib/linux/place.h"

namespace pidlab {

Sys<Place> OwnPlace() {
  const Sys<NamespaceId> id = ReadNamespace("/proc/self/ns/pid");
  const Sys<ProcessStatus> status = OwnStatus();
  if (!id.ok()) return Sys<Place>::Failed(id.err);
  return {{id.value, status.value.ns_pid.size()}, status.err};
}

bool IsOneLevelBelow(const Place& outside) {
  const Sys<Place> place = OwnPlace();
  return place.ok() && outside.level > 0 &&
         place.value.level == outside.level + 1 &&
         !(place.value.pid_namespace == outside.pid_namespace);
}

}  // namespace pidlab
