// What wait(2) does not see: after the last process of a namespace is reaped,
// the kernel still has the namespace itself to take down, and does so later.
// put_pid_ns() and its fellows leave it to call_rcu() and to a workqueue, and
// only then the namespace no longer counts for user.max_*_namespaces
// (namespaces(7), kernel/ucount.c).
//
// In a user namespace whose limit is L, L slots go round: a new namespace can
// be made as soon as an old one is gone for good. The subject is the time in
// which each of the L slots is taken once, the base is the time until a single
// slot is free again, in a user namespace beside it whose limit is 1. If the
// teardown of many takes as long as that of one, they are the same, and the
// limit divided by that time is how many namespaces a second can be had.

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "benchmarks/harness/bare_child.h"
#include "benchmarks/harness/pair.h"
#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/linux/user_namespace.h"

namespace pidlab {
namespace {

struct Kind {
  const char* name;
  uint64_t flag;
  const char* limit;  // below /proc/sys/user
};

constexpr Kind kPid = {"pid", CLONE_NEWPID, "max_pid_namespaces"};
constexpr Kind kUser = {"user", CLONE_NEWUSER, "max_user_namespaces"};
constexpr Kind kIpc = {"ipc", CLONE_NEWIPC, "max_ipc_namespaces"};
constexpr Kind kNet = {"net", CLONE_NEWNET, "max_net_namespaces"};

constexpr const char* kUserNamespace = "/proc/self/ns/user";

// Sets the limit of the caller's own user namespace, which must be another than
// `foreign`: the machine's is never touched. The kernel looks the file up in
// the user namespace of who opens it (set_lookup() in kernel/ucount.c).
Sys<int> SetLimit(const Kind& kind, int slots, NamespaceId foreign) {
  const Sys<bool> same = LeadsTo(kUserNamespace, foreign);
  if (!same.ok() || same.value) return Sys<int>::Failed(EPERM);
  char path[64];
  snprintf(path, sizeof(path), "/proc/sys/user/%s", kind.limit);
  const Fd file(open(path, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return Sys<int>::Failed(errno);
  char text[16];
  const int size = snprintf(text, sizeof(text), "%d", slots);
  return FromErrno(
      static_cast<int>(write(file.get(), text, static_cast<size_t>(size))));
}

// Takes one slot as soon as there is one: a namespace is made, and left again.
// It tries again at once. If it yielded, the single slot would come back early:
// its namespace would always die just when RCU has nothing else to do.
Sys<int> TakeSlot(uint64_t flag) {
  for (;;) {
    const Sys<int> taken = CreateAndReap(kVfork | flag);
    if (taken.err != ENOSPC) return taken;
  }
}

// Takes slots for ever, and writes how long each round through all of them has
// taken. A failure is written as a negative errno.
[[noreturn]] void GoRound(const Kind& kind, int slots, NamespaceId foreign,
                          int pipe) {
  Sys<int> done = MapRootTo(0, 0);
  if (done.ok()) done = SetLimit(kind, slots, foreign);
  for (int64_t begin = 0; done.ok();) {
    for (int i = 0; i < slots && done.ok(); ++i) done = TakeSlot(kind.flag);
    const int64_t end = Now();
    const int64_t took = end - begin;
    // The first round finds all slots free.
    if (done.ok() && begin != 0 &&
        write(pipe, &took, sizeof(took)) != sizeof(took)) {
      _exit(1);
    }
    begin = end;
  }
  const int64_t failure = -done.err;
  (void)!write(pipe, &failure, sizeof(failure));
  _exit(1);
}

// Both go on all the time, so that they meet with the same conditions.
struct Carousels {
  int many = -1;  // the pipes to read from
  int one = -1;
};

Sys<int> StartCarousel(const Kind& kind, int slots, int& pipe_to_read) {
  const Sys<NamespaceId> own = ReadNamespace(kUserNamespace);
  if (!own.ok()) return Sys<int>::Failed(own.err);
  int ends[2];
  if (pipe(ends) != 0) return Sys<int>::Failed(errno);
  const Sys<pid_t> child = Clone3(CLONE_NEWUSER);
  if (child.ok() && child.value == 0) {
    GoRound(kind, slots, own.value, ends[1]);
  }
  close(ends[1]);
  pipe_to_read = ends[0];
  return {0, child.err};
}

Sys<Sample> ReadSample(int pipe) {
  int64_t took = 0;
  if (read(pipe, &took, sizeof(took)) != sizeof(took)) {
    return Sys<Sample>::Failed(EPIPE);
  }
  if (took < 0) return Sys<Sample>::Failed(static_cast<int>(-took));
  return {{.total_ns = took}};
}

Pair Turnover(const Kind& kind, int slots) {
  const auto carousels = std::make_shared<Carousels>();
  const std::string call =
      "clone3(" + CloneFlagNames(kVfork | kind.flag) + "), wait";
  return {
      .group = "deferred",
      .row = kind.name,
      .base_name = "one slot",
      .x = slots,
      .subject = {std::to_string(slots) + " times " + call + ", limit " +
                      std::to_string(slots),
                  [=] { return ReadSample(carousels->many); }},
      .base = {call + ", limit 1", [=] { return ReadSample(carousels->one); }},
      .stage = {.chain = {CLONE_NEWPID},
                .prepare =
                    [=] {
                      const Sys<int> many =
                          StartCarousel(kind, slots, carousels->many);
                      return many.ok() ? StartCarousel(kind, 1, carousels->one)
                                       : many;
                    }},
      .needs = "user namespaces with limits of their own (Linux 4.9)",
      .to_run = "such a kernel, and leave to make user namespaces",
      .amounts = {.processes = slots + 5,
                  .pid_namespaces = slots + 5,
                  .pid_levels = 2},
      .blocks = 1,
      .block_samples = 20,
      .quantile = 0.5,
  };
}

}  // namespace

std::vector<Pair> DeferredPairs() {
  return {Turnover(kPid, 10), Turnover(kPid, 100), Turnover(kUser, 10),
          Turnover(kIpc, 10), Turnover(kNet, 10)};
}

}  // namespace pidlab
