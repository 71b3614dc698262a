// How a run comes by what it needs: leave to make namespaces, and a CPU.

#ifndef PIDLAB_BENCHMARKS_HARNESS_ROUTE_H_
#define PIDLAB_BENCHMARKS_HARNESS_ROUTE_H_

#include <cstdint>
#include <optional>
#include <string>

namespace pidlab {

// As it is, or in a user namespace in which it is root.
enum class Route { kAsWeAre, kUserNamespace };

// Tried, never computed from uids or versions. Nothing if no namespaces can be
// made here.
std::optional<Route> FindRoute();

// "as uid 0", "in a user namespace of uid 1000"
std::string RouteText(Route route);

// Pins the caller to the last CPU that it may run on (sched_setaffinity(2)):
// the first ones have most of the interrupts. -1 if that is refused.
int PinToOneCpu();

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_ROUTE_H_
