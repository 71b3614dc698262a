// What a namespace costs while other CPUs make such ones, too, beside what it
// costs alone: the ratio is one over the efficiency.

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <new>

#include "benchmarks/groups/creation.h"
#include "benchmarks/harness/bare_child.h"
#include "benchmarks/harness/pair.h"
#include "lib/linux/clone.h"

namespace pidlab {
namespace {

using Word = std::atomic<uint32_t>;

// futex(2), between processes: until the word is no longer `seen`.
void AwaitChange(Word& word, uint32_t seen) {
  while (word == seen) {
    syscall(SYS_futex, &word, FUTEX_WAIT, seen, nullptr, nullptr, 0);
  }
}

void Wake(Word& word) {
  constexpr int kAll = 1 << 30;
  syscall(SYS_futex, &word, FUTEX_WAKE, kAll, nullptr, nullptr, 0);
}

// What the stage and its rivals share.
struct Board {
  Word at_work = 0;  // 1: the rivals are to work
  Word working = 0;  // how many of them do, with an operation done
  Word error = 0;    // an errno of theirs
};

// Repeats the operation whenever it is told to.
[[noreturn]] void Compete(Board& board, uint64_t flags) {
  for (;;) {
    AwaitChange(board.at_work, 0);
    for (bool first = true; board.at_work == 1; first = false) {
      const Sys<int> done = CreateAndReap(flags);
      if (!done.ok()) board.error = static_cast<uint32_t>(done.err);
      if (!first) continue;
      ++board.working;
      Wake(board.working);
    }
    --board.working;
    Wake(board.working);
  }
}

void AwaitWorking(Board& board, uint32_t count) {
  for (uint32_t seen = board.working; seen != count; seen = board.working) {
    AwaitChange(board.working, seen);
  }
}

// Processes on other CPUs than the stage's, of which they are children.
class Rivals {
 public:
  // `cpus`: those that may be taken.
  Rivals(uint32_t count, std::vector<int> cpus)
      : count_(count), cpus_(std::move(cpus)) {}

  Sys<int> Make(uint64_t flags) {
    void* memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return Sys<int>::Failed(errno);
    board_ = new (memory) Board;
    uint32_t made = 0;
    for (const int cpu : cpus_) {
      if (made == count_) break;
      if (cpu == sched_getcpu()) continue;
      const Sys<int> rival = MakeOne(flags, cpu);
      if (!rival.ok()) return rival;
      ++made;
    }
    return made == count_ ? Sys<int>{} : Sys<int>::Failed(EINVAL);
  }

  Sys<int> Start() {
    board_->at_work = 1;
    Wake(board_->at_work);
    AwaitWorking(*board_, count_);
    return {};
  }

  Sys<int> Stop() {
    board_->at_work = 0;
    AwaitWorking(*board_, 0);
    return {0, static_cast<int>(board_->error)};
  }

 private:
  Sys<int> MakeOne(uint64_t flags, int cpu) {
    const Sys<pid_t> child = Clone3(0);
    if (!child.ok()) return Sys<int>::Failed(child.err);
    if (child.value == 0) Compete(*board_, flags);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(cpu), &one);
    return FromErrno(sched_setaffinity(child.value, sizeof(one), &one));
  }

  uint32_t count_;
  std::vector<int> cpus_;
  Board* board_ = nullptr;
};

// Those that the caller may run on. All of them: the run is not pinned yet when
// its pairs are made.
std::vector<int> CpusAllowed() {
  cpu_set_t allowed;
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<size_t>(cpu), &allowed)) cpus.push_back(cpu);
  }
  return cpus;
}

struct Row {
  const char* name;
  uint64_t namespaces;
};
constexpr Row kRows[] = {
    {"vfork", 0},  // the control: what processes alone cost each other
    {"PID", CLONE_NEWPID}, {"USER", CLONE_NEWUSER},
    {"NS", CLONE_NEWNS},   {"NET", CLONE_NEWNET},
};

Pair BesideRivals(const Row& row, uint32_t cpus,
                  const std::vector<int>& allowed) {
  const uint64_t flags = kVfork | row.namespaces;
  const auto rivals = std::make_shared<Rivals>(cpus - 1, allowed);
  Pair pair = {
      .group = "cpus",
      .row = row.name,
      .base_name = "alone",
      .x = cpus,
      .subject = Creation(flags),
      .base = Creation(flags),
      // The rivals end with PID 1.
      .stage = {.chain = {CLONE_NEWPID},
                .prepare = [rivals, flags] { return rivals->Make(flags); }},
      .amounts = {
          .processes = int64_t{2} * cpus, .pid_levels = 2, .cpus = cpus}};
  if (row.namespaces == CLONE_NEWPID) {
    pair.amounts.pid_namespaces = cpus * kDyingPidNamespaces;
  }
  pair.subject.ran += ", on each CPU";
  pair.subject.before_block = [rivals] { return rivals->Start(); };
  pair.subject.after_block = [rivals] { return rivals->Stop(); };
  return pair;
}

}  // namespace

std::vector<Pair> CpusPairs() {
  const std::vector<int> allowed = CpusAllowed();
  std::vector<Pair> pairs;
  for (const Row& row : kRows) {
    for (uint32_t cpus = 1; cpus <= 2 || cpus <= allowed.size(); cpus *= 2) {
      pairs.push_back(BesideRivals(row, cpus, allowed));
    }
  }
  return pairs;
}

}  // namespace pidlab
