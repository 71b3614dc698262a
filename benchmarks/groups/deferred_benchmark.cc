// The cost that wait(2) does not show: after the last process of a namespace is
// reaped, the kernel still has to take down the namespace itself, and does so
// later. put_pid_ns(), like its counterparts for other types, leaves that to
// call_rcu() and to a workqueue, and until then the namespace counts for
// user.max_*_namespaces (namespaces(7), kernel/ucount.c).
//
// A user namespace whose limit is L has L slots: a new namespace can be created
// as soon as an old one is completely gone. The subject is the time in which
// each of the L slots is taken once. The base is the time until a single slot
// is free again, in another user namespace whose limit is 1. If the teardown of
// many takes as long as that of one, both are the same, and the limit divided
// by that time is how many namespaces can be created in a second.

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/groups.h"
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

// Sets the limit of the caller's own user namespace, which must not be
// `foreign`: the limit of the machine is never changed. The kernel looks the
// file up in the user namespace of the process that opens it (set_lookup() in
// kernel/ucount.c).
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

// Takes one slot as soon as one is free: a namespace is created, and its
// process ends. It tries again without yielding: otherwise, the single slot
// would come back early, since its namespace would always die just when RCU has
// nothing else to do.
Sys<int> TakeSlot(uint64_t flag) {
  for (;;) {
    const Sys<int> taken = CreateAndReap(kVfork | flag);
    if (taken.err != ENOSPC) return taken;
  }
}

// Takes slots for ever, and writes into the pipe how long it took to take each
// of them once. A failure is written as a negative errno.
[[noreturn]] void TakeSlots(const Kind& kind, int slots, NamespaceId foreign,
                            int pipe) {
  Sys<int> done = MapRootTo(0, 0);
  if (done.ok()) done = SetLimit(kind, slots, foreign);
  for (int64_t begin = 0; done.ok();) {
    for (int i = 0; i < slots && done.ok(); ++i) done = TakeSlot(kind.flag);
    const int64_t end = Now();
    const int64_t took = end - begin;
    // The first time, all slots are free.
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

// The pipes of two processes that take slots. Both processes run all the time,
// so that they have the same conditions.
struct Pipes {
  int many = -1;
  int one = -1;
};

Sys<int> StartToTakeSlots(const Kind& kind, int slots, int& pipe_to_read) {
  const Sys<NamespaceId> own = ReadNamespace(kUserNamespace);
  if (!own.ok()) return Sys<int>::Failed(own.err);
  int ends[2];
  if (pipe(ends) != 0) return Sys<int>::Failed(errno);
  const Sys<pid_t> child = Clone3(CLONE_NEWUSER);
  if (child.ok() && child.value == 0) {
    TakeSlots(kind, slots, own.value, ends[1]);
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
  const auto pipes = std::make_shared<Pipes>();
  const std::string call =
      "clone3(" + CloneFlagNames(kVfork | kind.flag) + "), wait";
  return {
      .group = "deferred",
      .row = kind.name,
      .base_name = "one slot",
      .x = slots,
      .subject = {std::to_string(slots) + " times " + call + ", limit " +
                      std::to_string(slots),
                  [=] { return ReadSample(pipes->many); }},
      .base = {call + ", limit 1", [=] { return ReadSample(pipes->one); }},
      .stage = {.chain = {CLONE_NEWPID},
                .prepare =
                    [=] {
                      const Sys<int> many =
                          StartToTakeSlots(kind, slots, pipes->many);
                      return many.ok() ? StartToTakeSlots(kind, 1, pipes->one)
                                       : many;
                    }},
      .needs = "user namespaces with limits of their own (Linux 4.9)",
      .to_run = "such a kernel, and permission to create user namespaces",
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
