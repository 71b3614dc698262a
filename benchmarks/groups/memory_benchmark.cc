// What the memory of the parent adds to the cost: a copy-on-write child gets a
// copy of the page tables, and a child that shares the memory does not.

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/room.h"

namespace pidlab {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// Slower operations are sampled less often: a copy takes about 35 us per MiB.
struct Size {
  int64_t mib;
  int copy_blocks;
  int copy_block_samples;
};
constexpr Size kSizes[] = {
    {0, 10, 10}, {16, 10, 5}, {64, 6, 3}, {256, 4, 3}, {1024, 2, 3}};

// Maps private, anonymous memory, and populates all of its pages. It stays
// until the caller ends. It has no huge pages: whether some are free would be
// chance, and a copy of their page tables costs nearly nothing.
Sys<int> PopulateMemory(int64_t bytes) {
  (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);  // EINVAL if the kernel has none
  if (bytes == 0) return {};
  const void* memory =
      mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return memory == MAP_FAILED ? Sys<int>::Failed(errno) : Sys<int>{};
}

StagePlan WithMemory(int64_t mib) {
  return {.prepare = [mib] { return PopulateMemory(mib * kMiB); }};
}

Pair OfSize(const Size& size, const char* row, const char* base_name,
            uint64_t subject, uint64_t base) {
  Pair pair = {.group = "memory",
               .row = row,
               .base_name = base_name,
               .x = size.mib,
               .subject = Creation(subject),
               .base = Creation(base),
               .stage = WithMemory(size.mib),
               .needs = kRoomNeeded,
               .to_run = kRoomToRun,
               .amounts = {.memory_bytes = size.mib * kMiB},
               .blocks = 20};
  if ((subject & CLONE_NEWPID) != 0) {
    pair.amounts.pid_namespaces = kDyingPidNamespaces;
  }
  if ((subject & CLONE_VM) == 0) {
    pair.blocks = size.copy_blocks;
    pair.block_samples = size.copy_block_samples;
  }
  return pair;
}

Pair WithoutMemory(Pair pair) {
  pair.base_stage = WithMemory(0);
  return pair;
}

}  // namespace

std::vector<Pair> MemoryPairs() {
  std::vector<Pair> pairs;
  for (const Size& size : kSizes) {
    pairs.push_back(
        OfSize(size, "PID", "cow", kCopyOnWrite | CLONE_NEWPID, kCopyOnWrite));
  }
  for (const Size& size : kSizes) {
    pairs.push_back(
        OfSize(size, "PID", "vfork", kVfork | CLONE_NEWPID, kVfork));
  }
  for (const Size& size : kSizes) {
    pairs.push_back(WithoutMemory(
        OfSize(size, "cow", "0 MiB", kCopyOnWrite, kCopyOnWrite)));
  }
  // The control: a child that copies nothing costs the same.
  for (const Size& size : {kSizes[0], kSizes[4]}) {
    pairs.push_back(
        WithoutMemory(OfSize(size, "vfork", "0 MiB", kVfork, kVfork)));
  }
  return pairs;
}

}  // namespace pidlab
