// What a namespace costs while other CPUs create the same kind of namespace,
// compared with what it costs alone: the ratio is one over the efficiency.

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <new>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/room.h"
#include "benchmarks/harness/cpus.h"
#include "lib/linux/clone.h"

namespace pidlab {
namespace {

using Word = std::atomic<uint32_t>;

// Waits until the word is no longer `seen` (futex(2), between processes).
void AwaitChange(Word& word, uint32_t seen) {
  while (word == seen) {
    syscall(SYS_futex, &word, FUTEX_WAIT, seen, nullptr, nullptr, 0);
  }
}

void Wake(Word& word) {
  constexpr int kAll = 1 << 30;
  syscall(SYS_futex, &word, FUTEX_WAKE, kAll, nullptr, nullptr, 0);
}

// Memory that the stage and the competing processes share.
struct SharedState {
  Word to_work = 0;  // 1: they have to work
  Word working = 0;  // how many of them work and have done an operation
  Word error = 0;    // an errno of one of them
};

// Repeats the operation whenever it is told to.
[[noreturn]] void Compete(SharedState& shared, uint64_t flags) {
  for (;;) {
    AwaitChange(shared.to_work, 0);
    for (bool first = true; shared.to_work == 1; first = false) {
      const Sys<int> done = CreateAndReap(flags);
      if (!done.ok()) shared.error = static_cast<uint32_t>(done.err);
      if (!first) continue;
      ++shared.working;
      Wake(shared.working);
    }
    --shared.working;
    Wake(shared.working);
  }
}

void AwaitWorking(SharedState& shared, uint32_t count) {
  for (uint32_t seen = shared.working; seen != count; seen = shared.working) {
    AwaitChange(shared.working, seen);
  }
}

// Children of the stage that compete with it, each on another CPU.
class Competitors {
 public:
  // They run on the first of these `cpus` on which the stage does not run.
  Competitors(uint32_t count, std::vector<int> cpus)
      : count_(count), cpus_(std::move(cpus)) {}

  Sys<int> Make(uint64_t flags) {
    void* memory = mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return Sys<int>::Failed(errno);
    shared_ = new (memory) SharedState;
    uint32_t made = 0;
    for (const int cpu : cpus_) {
      if (made == count_) break;
      if (cpu == sched_getcpu()) continue;
      const Sys<int> competitor = MakeOne(flags, cpu);
      if (!competitor.ok()) return competitor;
      ++made;
    }
    return made == count_ ? Sys<int>{} : Sys<int>::Failed(EINVAL);
  }

  Sys<int> Start() {
    shared_->to_work = 1;
    Wake(shared_->to_work);
    AwaitWorking(*shared_, count_);
    return {};
  }

  Sys<int> Stop() {
    shared_->to_work = 0;
    AwaitWorking(*shared_, 0);
    return {0, static_cast<int>(shared_->error)};
  }

 private:
  Sys<int> MakeOne(uint64_t flags, int cpu) {
    const Sys<pid_t> child = Clone3(0);
    if (!child.ok()) return Sys<int>::Failed(child.err);
    if (child.value == 0) Compete(*shared_, flags);
    return PinTo(child.value, cpu);
  }

  uint32_t count_;
  std::vector<int> cpus_;
  SharedState* shared_ = nullptr;
};

struct Row {
  const char* name;
  uint64_t namespaces;
};
constexpr Row kRows[] = {
    {"vfork", 0},  // the control: what processes alone cost each other
    {"PID", CLONE_NEWPID}, {"USER", CLONE_NEWUSER},
    {"NS", CLONE_NEWNS},   {"NET", CLONE_NEWNET},
};

Pair BesideCompetitors(const Row& row, uint32_t cpus,
                       const std::vector<int>& allowed) {
  const uint64_t flags = kVfork | row.namespaces;
  const auto competitors = std::make_shared<Competitors>(cpus - 1, allowed);
  Pair pair = {
      .group = "cpus",
      .row = row.name,
      .base_name = "alone",
      .x = cpus,
      .subject = Creation(flags),
      .base = Creation(flags),
      // They end with PID 1.
      .stage = {.chain = {CLONE_NEWPID},
                .prepare = [competitors,
                            flags] { return competitors->Make(flags); }},
      .amounts = {
          .processes = int64_t{2} * cpus, .pid_levels = 2, .cpus = cpus}};
  if (row.namespaces == CLONE_NEWPID) {
    pair.amounts.pid_namespaces = cpus * kDyingPidNamespaces;
  }
  pair.subject.ran += ", on each CPU";
  pair.subject.before_block = [competitors] { return competitors->Start(); };
  pair.subject.after_block = [competitors] { return competitors->Stop(); };
  return pair;
}

}  // namespace

std::vector<Pair> CpusPairs() {
  // These are all CPUs, since the run is not pinned yet when its pairs are
  // made.
  const std::vector<int> allowed = AllowedCpus();
  std::vector<Pair> pairs;
  for (const Row& row : kRows) {
    for (uint32_t cpus = 1; cpus <= 2 || cpus <= allowed.size(); cpus *= 2) {
      pairs.push_back(BesideCompetitors(row, cpus, allowed));
    }
  }
  return pairs;
}

}  // namespace pidlab
