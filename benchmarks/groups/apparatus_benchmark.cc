// What the apparatus of the experiments costs, compared with a process that is
// only created and reaped.

#include <sched.h>

#include <memory>
#include <optional>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "lib/trial/abandon.h"
#include "lib/trial/chamber.h"
#include "lib/trial/process.h"

namespace pidlab {
namespace {

// The apparatus throws exceptions, but a stage needs an errno.
template <typename Run>
Sys<int> Guarded(Run run) {
  try {
    return run() ? Sys<int>{} : Sys<int>::Failed(EPROTO);
  } catch (const Abandoned& abandoned) {
    return Sys<int>::Failed(abandoned.skip ? EPERM : EPROTO);
  }
}

// A chamber, which is a warden and a host, is made and closed again.
bool EmptyChamber() {
  Chamber chamber{ChamberOptions()};
  return chamber.Close().empty();
}

// A question to a process and its answer: two datagrams, two context switches.
bool OneCall(Chamber& chamber) {
  const Process host(&chamber, &chamber.host());
  return ON(host, getpid()).Run().value == 2;
}

// A driven PID 1 is created, located, ended and reaped.
bool OneNamespace(Chamber& chamber) {
  const Process host(&chamber, &chamber.host());
  const Process init = host.Clone("init", CLONE_NEWPID);
  init.Exit(0);
  return host.Reap(init).value == Exited(0);
}

Pair Beside(std::string row, Operation subject) {
  return {.group = "apparatus",
          .row = std::move(row),
          .base_name = "cow",
          .subject = std::move(subject),
          .base = Creation(kCopyOnWrite),
          .blocks = 4};
}

Pair InChamber(std::string row, std::string ran, bool (*run)(Chamber&)) {
  const auto chamber = std::make_shared<std::optional<Chamber>>();
  Pair pair = Beside(std::move(row), Timed(std::move(ran), [=] {
                       return Guarded([&] { return run(**chamber); });
                     }));
  pair.stage.prepare = [chamber] {
    return Guarded([&] {
      chamber->emplace(ChamberOptions());
      return true;
    });
  };
  return pair;
}

}  // namespace

std::vector<Pair> ApparatusPairs() {
  return {
      Beside("empty chamber",
             Timed("Chamber(), Close()", [] { return Guarded(EmptyChamber); })),
      InChamber("one call", "ON(host, getpid())", OneCall),
      InChamber("one namespace", "host.Clone(CLONE_NEWPID), Exit, Reap",
                OneNamespace),
  };
}

}  // namespace pidlab
