// What a new mount namespace costs, depending on how much is mounted: it begins
// as a copy of all mounts.

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cstdio>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/room.h"
#include "lib/linux/mounts.h"

namespace pidlab {
namespace {

// Slower operations are sampled less often.
struct Size {
  int mounts;
  int blocks;
  int block_samples;
};
constexpr Size kSizes[] = {
    {0, 10, 10}, {100, 10, 10}, {1000, 4, 4}, {3000, 3, 3}};

// This directory exists on every machine. What is mounted on it is private.
constexpr const char* kMountPoint = "/tmp";

// Mounts a file system in memory, and each of its directories on itself. All of
// this ends with the mount namespace.
Sys<int> MountMore(int count, NamespaceId host_mounts) {
  if (!HasOtherMountsThan(host_mounts)) return Sys<int>::Failed(EPERM);
  if (mount("tmpfs", kMountPoint, "tmpfs", 0, nullptr) != 0) {
    return Sys<int>::Failed(errno);
  }
  for (int i = 0; i < count; ++i) {
    char directory[32];
    snprintf(directory, sizeof(directory), "%s/%d", kMountPoint, i);
    if (mkdir(directory, 0700) != 0 ||
        mount(directory, directory, nullptr, MS_BIND, nullptr) != 0) {
      return Sys<int>::Failed(errno);
    }
  }
  return {};
}

StagePlan WithMounts(int count) {
  const NamespaceId host_mounts = OwnMounts().value;
  return {.chain = {CLONE_NEWNS}, .prepare = [count, host_mounts] {
            return MountMore(count, host_mounts);
          }};
}

Pair OfSize(const Size& size, const char* base_name, uint64_t base) {
  return {.group = "mounts",
          .row = "NS",
          .base_name = base_name,
          .x = size.mounts,
          .subject = Creation(kVfork | CLONE_NEWNS),
          .base = Creation(base),
          .stage = WithMounts(size.mounts),
          .needs = kRoomNeeded,
          .to_run = kRoomToRun,
          .amounts = {.mounts = size.mounts + 1},
          .blocks = size.blocks,
          .block_samples = size.block_samples};
}

}  // namespace

std::vector<Pair> MountsPairs() {
  std::vector<Pair> pairs;
  for (const Size& size : kSizes) {
    pairs.push_back(OfSize(size, "vfork", kVfork));
  }
  for (const Size& size : kSizes) {
    pairs.push_back(OfSize(size, "0 more", kVfork | CLONE_NEWNS));
    pairs.back().base_stage = WithMounts(0);
  }
  return pairs;
}

}  // namespace pidlab
