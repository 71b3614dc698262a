// Where the time of one process is spent. The time stamp counter is read before
// clone3(2) is called, when it has returned, by the child's first instruction,
// when the parent knows of the child's end, and when it has reaped it.
//
//   first   From the call to the child's first instruction: copy_process(),
//           which makes its namespaces (copy_namespaces()) and, without
//           CLONE_VM, a copy of the page tables (copy_mm(), dup_mmap());
//           wake_up_new_task(). Then the parent leaves the CPU to it: in
//           wait_for_vfork_done(), or, copy-on-write, when it begins to wait.
//   exit    From there until the parent has waited for the end, without
//           reaping: do_exit(), that is exit_mm() (copy-on-write: all the
//           memory is given back, exit_mmap()), exit_task_namespaces() (the
//           last of a mount namespace unmounts it all and waits for RCU),
//           exit_notify() (PID 1 of a namespace: zap_pid_ns_processes()), and
//           the way back to the parent.
//   reap    From there until wait4(2) has returned: wait_task_zombie(),
//           release_task(). What the kernel clears away later is not seen.
//
// These three add up to the total in each sample, but their quantiles may not.
// The next one lies within these three:
//
//   create  From the call until clone3(2) has returned in the parent.
//           Copy-on-write: copy_process() and wake_up_new_task(), so that the
//           rest of `first` is the way to the child. With CLONE_VFORK: `first`,
//           and of `exit` as much as lets the parent go on, which is up to
//           complete_vfork_done(), at the beginning of exit_mm().
//
// The child stores its stamp as the offset of a file that it shares with the
// parent. On one machine that took less than 1 us; shared memory, which a
// copy-on-write child must fault in, 3 us; clock_gettime(2) in it, 55 us.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#include <array>
#include <limits>
#include <memory>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/namespaces.h"
#include "lib/host/names.h"

namespace pidlab {
namespace {

// A reading of the time stamp counter, which runs at a constant rate.
using Ticks = uint64_t;

struct Stamps {
  Ticks called = 0;
  Ticks returned = 0;  // clone3, in the parent
  Ticks first = 0;     // the child's first instruction
  Ticks ended = 0;     // it can be reaped
  Ticks reaped = 0;
};

// What is needed to take the stamps. It is made when the stage is prepared.
struct Instruments {
  int stamp_fd = -1;
  double ns_per_tick = 0;
};

struct Reading {
  int64_t ns = 0;
  Ticks ticks = 0;
};

// Reads both clocks at the same time: the best of several tries, since an
// interrupt may come between the two readings.
Reading ReadClocks() {
  constexpr int kTries = 20;
  Reading best;
  Ticks shortest = std::numeric_limits<Ticks>::max();
  for (int i = 0; i < kTries; ++i) {
    const Ticks before = __rdtsc();
    const int64_t ns = Now();
    const Ticks took = __rdtsc() - before;
    if (took < shortest) {
      shortest = took;
      best = {ns, before + took / 2};
    }
  }
  return best;
}

// The result is exact to 0.001 %, since the clocks are read within 50 ns of
// each other.
double MeasureNsPerTick() {
  constexpr int64_t kLongNs = 5'000'000;
  const Reading begin = ReadClocks();
  while (Now() - begin.ns < kLongNs) {
  }
  const Reading end = ReadClocks();
  return static_cast<double>(end.ns - begin.ns) /
         static_cast<double>(end.ticks - begin.ticks);
}

Sys<int> Prepare(Instruments& instruments) {
  instruments.stamp_fd = memfd_create("stamp", MFD_CLOEXEC);
  if (instruments.stamp_fd < 0) return Sys<int>::Failed(errno);
  instruments.ns_per_tick = MeasureNsPerTick();
  return {};
}

const std::vector<std::string> kPhases = {"create", "first", "exit", "reap"};

std::array<int64_t, kMaxPhases> PhasesOf(const Stamps& at, double ns_per_tick) {
  const auto ns = [=](Ticks from, Ticks to) {
    return static_cast<int64_t>(static_cast<double>(to - from) * ns_per_tick);
  };
  return {ns(at.called, at.returned), ns(at.called, at.first),
          ns(at.first, at.ended), ns(at.ended, at.reaped)};
}

// The total is measured with CLOCK_MONOTONIC, as in all pairs: the phases add
// up to it only if the ticks are counted correctly.
Sys<Sample> TakePhases(uint64_t flags, const Instruments& instruments) {
  Stamps at;
  const int64_t begin = Now();
  at.called = __rdtsc();
  const Sys<pid_t> child = BareChildWithStamp(flags, instruments.stamp_fd);
  at.returned = __rdtsc();
  if (!child.ok()) return Sys<Sample>::Failed(child.err);
  const Sys<int> ended =
      FromErrno(waitid(P_PID, child.value, nullptr, WEXITED | WNOWAIT));
  at.ended = __rdtsc();
  const Sys<int> reaped = Reap(child.value);
  at.reaped = __rdtsc();
  const int64_t total_ns = Now() - begin;
  if (!ended.ok()) return Sys<Sample>::Failed(ended.err);
  if (!reaped.ok()) return Sys<Sample>::Failed(reaped.err);

  // A stamp of an earlier child is not between these two.
  at.first = static_cast<Ticks>(lseek(instruments.stamp_fd, 0, SEEK_CUR));
  if (at.first < at.called || at.ended < at.first) {
    return Sys<Sample>::Failed(ERANGE);
  }
  return {{total_ns, PhasesOf(at, instruments.ns_per_tick)}};
}

using SharedInstruments = std::shared_ptr<Instruments>;

Operation WithPhases(uint64_t style, uint64_t namespaces,
                     const SharedInstruments& instruments) {
  const uint64_t flags = style | namespaces;
  return {"clone3(" + CloneFlagNames(flags) + "), waitid(WNOWAIT), wait",
          [=] { return TakePhases(flags, *instruments); }};
}

Pair Beside(uint64_t style, const NamespaceSet& namespaces) {
  const auto instruments = std::make_shared<Instruments>();
  return {
      .group = "phases",
      .row = namespaces.name,
      .base_name = style == kVfork ? "vfork" : "cow",
      .subject = WithPhases(style, namespaces.flags, instruments),
      .base = WithPhases(style, 0, instruments),
      .phases = kPhases,
      .stage = {.prepare = [=] { return Prepare(*instruments); }},
      .needs = namespaces.needs,
      .to_run = namespaces.to_run,
  };
}

// What the stamps cost: compares the same process with and without them.
Pair StampsBesideNone(uint64_t style) {
  Pair pair = Beside(style, {.name = "stamps"});
  pair.base = Creation(style);
  pair.phases = {};
  return pair;
}

// The others, and what combinations cost, are in the group "create".
bool IsShown(const NamespaceSet& namespaces) {
  const std::string& name = namespaces.name;
  return name == "PID" || name == "USER" || name == "NS" || name == "NET";
}

}  // namespace

std::vector<Pair> PhasesPairs() {
  std::vector<Pair> pairs;
  for (const uint64_t style : {kVfork, kCopyOnWrite}) {
    pairs.push_back(StampsBesideNone(style));
  }
  for (const uint64_t style : {kVfork, kCopyOnWrite}) {
    pairs.push_back(Beside(style, {.name = "plain"}));
  }
  for (const NamespaceSet& namespaces : NamespaceSets()) {
    if (!IsShown(namespaces)) continue;
    for (const uint64_t style : {kVfork, kCopyOnWrite}) {
      pairs.push_back(Beside(style, namespaces));
    }
  }
  return pairs;
}

}  // namespace pidlab
