// The limits of PID namespaces: how deep they nest, how many there may be, and
// which numbers they give out.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <new>
#include <string_view>

#include "lib/host/names.h"
#include "lib/linux/capabilities.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/place.h"
#include "lib/linux/procfs.h"
#include "lib/linux/user_namespace.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// What was found in the deepest of many nested PID namespaces.
struct Bottom {
  int levels = 0;  // below the caller of DigDown()
  Sys<int> clone;
  Sys<int> unshare;
};

// Nests PID namespaces until the kernel refuses. A process that has made a
// level waits for its end.
void Dig(Bottom* bottom) {
  for (;;) {
    const Sys<pid_t> child = Clone3(CLONE_NEWPID);
    if (!child.ok()) {
      bottom->clone.err = child.err;
      bottom->unshare = FromErrno(unshare(CLONE_NEWPID));
      return;
    }
    if (child.value != 0) {
      (void)WaitFor(child.value);
      return;
    }
    // If the child were not in a new namespace, this would never end.
    if (getpid() != 1) return;
    ++bottom->levels;
  }
}

Sys<Bottom> DigDown() {
  void* memory = mmap(nullptr, sizeof(Bottom), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return Sys<Bottom>::Failed(errno);
  auto* shared = new (memory) Bottom;
  const Sys<pid_t> digger = Clone3(0);
  if (digger.ok() && digger.value == 0) {
    Dig(shared);
    _exit(0);
  }
  if (digger.ok()) (void)WaitFor(digger.value);
  const Bottom bottom = *shared;
  munmap(memory, sizeof(Bottom));
  return {bottom, digger.err};
}

// Makes a namespace that ends at once.
int MakeNamespace() {
  const Sys<pid_t> child = Clone3(CLONE_NEWPID);
  if (child.ok() && child.value == 0) _exit(0);
  errno = child.err;
  return child.ok() && WaitFor(child.value).ok() ? 0 : -1;
}

EXPERIMENT(NamespacesNestThirtyTwoDeep,
           .claim =
               "PID namespaces nest at most 32 deep, counted from the initial "
               "one; one more is ENOSPC.",
           .verifies = {"D-58"},
           .sources = {"pid_namespaces(7), Nesting PID namespaces",
                       "kernel/pid_namespace.c create_pid_namespace()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);

  // The chamber is one level deep or, in a container, more, and cannot see that
  // from inside. So the number itself is not shown.
  trial.Step("Nest namespaces below the host until the kernel refuses");
  const Bottom bottom = trial.Must(ON(host, DigDown()));
  trial.Expect(ON(host, 2 < bottom.levels && bottom.levels <= 31), Eq(true));

  trial.Step("See what clone and unshare said at the bottom");
  trial.Expect(ON(host, bottom.clone), Fails{ENOSPC});
  trial.Expect(ON(host, bottom.unshare), Fails{ENOSPC});
  trial.Expect(ON(host, MakeNamespace()), Eq(0));

  trial.Step("Begin two levels deeper");
  trial.Expect(ON(nested_init, bottom.levels - DigDown().value.levels), Eq(2));
}

// Reads a file of /proc/sys that holds one number.
Sys<int> ReadNumber(const char* path) {
  const Sys<FileText> text = ReadFile(path);
  const std::string_view digits = text.value;
  int number = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return {number, text.err};
}

int WriteNumber(const Fd& file, int number) {
  char digits[16];
  const char* end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  const auto size = static_cast<size_t>(end - digits);
  return write(file.get(), digits, size) < 0 ? -1 : 0;
}

constexpr char kMaxPidNamespaces[] = "/proc/sys/user/max_pid_namespaces";

Sys<int> MaxPidNamespaces() { return ReadNumber(kMaxPidNamespaces); }

// The file is that of the caller's user namespace. It is never written in
// `foreign`.
int SetMaxPidNamespaces(int max, NamespaceId foreign) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/user");
  if (!own.ok() || own.value == foreign) {
    errno = EPERM;
    return -1;
  }
  const Fd file(open(kMaxPidNamespaces, O_WRONLY | O_CLOEXEC));
  return file.valid() ? WriteNumber(file, max) : -1;
}

// If it can be opened in a new user namespace, it may be written there.
Sys<int> TryMaxPidNamespaces() {
  const Sys<Ending> ending = InChild(CLONE_NEWUSER, [] {
    return Fd(open(kMaxPidNamespaces, O_WRONLY | O_CLOEXEC)).valid() ? 0
                                                                     : errno;
  });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

EXPERIMENT(EachUserNamespaceLimitsHowManyThereAre,
           .claim =
               "user.max_pid_namespaces limits how many PID namespaces a user "
               "namespace, and those inside it, may have; one more is ENOSPC.",
           .verifies = {"D-59"},
           .sources = {"namespaces(7), The /proc/sys/user directory",
                       "kernel/ucount.c inc_ucount()"},
           .needs = {
               UserNamespaces(),
               Permission("permission to write a user namespace's sysctls",
                          TryMaxPidNamespaces,
                          "in a container whose /proc/sys is neither "
                          "masked nor read-only")}) {
  const Process host = trial.Host();
  const NamespaceId outer =
      trial.Must(ON(host, ReadNamespace("/proc/self/ns/user")));
  const int outer_max = trial.Must(ON(host, MaxPidNamespaces()));

  trial.Step("Make a user namespace, and read its limit");
  const Process owner = host.Clone("owner", CLONE_NEWUSER);
  trial.Must(ON(owner, MapRootTo(0, 0)));
  trial.Expect(ON(owner, MaxPidNamespaces()), Eq(INT_MAX));

  trial.Step("Allow it one PID namespace, and make that");
  trial.Expect(ON(host, SetMaxPidNamespaces(1, outer)), Fails{EPERM});
  trial.Expect(ON(owner, SetMaxPidNamespaces(1, outer)), Eq(0));
  const Process init = owner.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Try to make another, beside it and inside it");
  trial.Expect(ON(owner, MakeNamespace()), Fails{ENOSPC});
  trial.Expect(ON(owner, unshare(CLONE_NEWPID)), Fails{ENOSPC});
  trial.Expect(ON(init, MakeNamespace()), Fails{ENOSPC});
  trial.Expect(owner.TryClone(), Succeeds{});

  trial.Step("Try in a user namespace inside, which has a limit of its own");
  const Process guest = owner.Clone("guest", CLONE_NEWUSER);
  trial.Expect(ON(guest, MaxPidNamespaces()), Eq(INT_MAX));
  trial.Expect(ON(guest, MakeNamespace()), Fails{ENOSPC});

  trial.Step("See that nothing has changed outside");
  trial.Expect(ON(host, MaxPidNamespaces().value == outer_max), Eq(true));
  trial.Expect(ON(host, MakeNamespace()), Eq(0));

  trial.Step("Allow a second one");
  trial.Expect(ON(owner, SetMaxPidNamespaces(2, outer)), Eq(0));
  trial.Expect(ON(guest, MakeNamespace()), Eq(0));
}

constexpr char kLastPid[] = "/proc/sys/kernel/ns_last_pid";

Sys<int> LastPid() { return ReadNumber(kLastPid); }

// This works only in a namespace that is one level below `outside`.
int SetLastPid(int pid, Place outside) {
  if (!IsOneLevelBelow(outside)) {
    errno = EPERM;
    return -1;
  }
  const Fd file(open(kLastPid, O_WRONLY | O_CLOEXEC));
  return file.valid() ? WriteNumber(file, pid) : -1;
}

EXPERIMENT(EachNamespaceCountsForItself,
           .claim =
               "ns_last_pid is the last PID that was given out in the reader's "
               "own namespace, and who may write it chooses the next one.",
           .verifies = {"D-90"},
           .sources = {"proc(5), /proc/sys/kernel/ns_last_pid",
                       "kernel/pid_namespace.c pid_ns_ctl_handler()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Let two namespaces read one file");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(host, LastPid()), Eq(3));
  trial.Expect(ON(init, LastPid()), Eq(1));

  trial.Step("Write 500 inside, and make a process");
  trial.Expect(ON(init, SetLastPid(500, outside)), Eq(0));
  trial.Expect(init.TryClone(), Eq(501));
  trial.Expect(ON(init, LastPid()), Eq(501));
  trial.Expect(ON(host, LastPid()), Eq(4));

  trial.Step("Go back to where a number is in use");
  const Process member = init.Clone("member");
  trial.Expect(ON(member, getpid()), Eq(502));
  trial.Expect(ON(init, SetLastPid(501, outside)), Eq(0));
  trial.Expect(init.TryClone(), Eq(503));

  trial.Step("Let a member write that has no capabilities");
  trial.Must(ON(member, KeepCapabilities(0)));
  trial.Expect(ON(member, SetLastPid(600, outside)), Fails{EPERM});
  trial.Expect(ON(member, LastPid()), Eq(503));
}

constexpr char kPidMax[] = "/proc/sys/kernel/pid_max";

Sys<int> PidMax() { return ReadNumber(kPidMax); }

// Switches CAP_SYS_ADMIN on or off with capset(2). It can be switched on again.
int UseSysAdmin(bool use) {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3,
                                     .pid = 0};
  __user_cap_data_struct data[2] = {};
  if (syscall(SYS_capget, &header, data) != 0) return -1;
  const uint32_t bit = uint32_t{1} << CAP_SYS_ADMIN;
  data[0].effective = use ? data[0].effective | bit : data[0].effective & ~bit;
  return static_cast<int>(syscall(SYS_capset, &header, data));
}

// Opens pid_max to write, if it is the caller's namespace's own; EPERM if not.
//
// Before Linux 6.14 there is only one, the machine's; opening it needs the
// machine's uid 0 and no capability. Opening that of a namespace needs
// CAP_SYS_ADMIN in the user namespace that owns it, or uid 0 there, which the
// caller does not have: its user namespace has no uid_map. So if pid_max can be
// opened with the capability but not without it, it is the namespace's own.
// Nothing is written before that is known.
Sys<int> OpenOwnPidMax() {
  if (UseSysAdmin(false) != 0) return Sys<int>::Failed(EPERM);
  const Fd without(open(kPidMax, O_WRONLY | O_CLOEXEC));
  const int err = errno;
  if (UseSysAdmin(true) != 0 || without.valid() || err != EACCES) {
    return Sys<int>::Failed(EPERM);
  }
  const int with = open(kPidMax, O_WRONLY | O_CLOEXEC);
  return with < 0 ? Sys<int>::Failed(EPERM) : Sys<int>{with};
}

int SetPidMax(int max, Place outside) {
  const Sys<int> opened =
      IsOneLevelBelow(outside) ? OpenOwnPidMax() : Sys<int>::Failed(EPERM);
  if (!opened.ok()) {
    errno = opened.err;
    return -1;
  }
  return WriteNumber(Fd(opened.value), max);
}

// Tries this in a child that is PID 1 in a new PID namespace and a new user
// namespace. If it is not PID 1, the experiment will notice that. EOPNOTSUPP if
// pid_max is the machine's.
Sys<int> HasPidMaxPerNamespace() {
  const Sys<Ending> ending = InChild(CLONE_NEWUSER | CLONE_NEWPID, [] {
    return getpid() != 1 || OpenOwnPidMax().ok() ? 0 : EOPNOTSUPP;
  });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

Need OwnPidMax() {
  return KernelFeature("pid_max per PID namespace (Linux 6.14)",
                       HasPidMaxPerNamespace);
}

// The pid_max that pidlab itself sees. The experiments show that it does not
// change.
Need OuterPidMax() {
  return {"the machine's pid_max", [](Chamber&) -> std::optional<Skip> {
            const Sys<int> seen = PidMax();
            if (seen.ok()) return {};
            return Skip{
                .code = Skip::Code::kSandboxed,
                .needs = "the machine's pid_max",
                .probed = "open(/proc/sys/kernel/pid_max) -> " +
                          DescribeErrno(seen.err),
                .to_run = "in a container whose /proc/sys is not masked"};
          }};
}

// Looks in pidlab itself, which is outside of the chamber.
Observation<bool> StillHasPidMax(int before) {
  const Sys<int> now = PidMax();
  return {"pidlab", "PidMax() == before", now.value == before, now.err};
}

// This is high enough on every machine: 8 numbers are needed for each CPU that
// it may have.
constexpr int kLimit = 32768;

EXPERIMENT(EachNamespaceHasItsOwnPidMax,
           .claim =
               "Since Linux 6.14 each PID namespace has its own pid_max, the "
               "bound of its numbers; the others do not notice.",
           .verifies = {"D-91"},
           .sources = {"proc(5), /proc/sys/kernel/pid_max",
                       "kernel/pid.c pid_table_root_permissions()",
                       "kernel/pid.c alloc_pid()"},
           .needs = {FreshProc(), OuterPidMax(), OwnPidMax()}) {
  const int before = PidMax().value;
  const Process host = trial.Host();
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Read pid_max in a new namespace");
  const Process init = host.Clone("init", CLONE_NEWUSER | CLONE_NEWPID);
  trial.Expect(ON(init, PidMax()), Eq(4194304));

  trial.Step("Try to lower it from outside, and be refused");
  trial.Expect(ON(host, SetPidMax(kLimit, outside)), Fails{EPERM});

  trial.Step("Lower it inside");
  trial.Expect(ON(init, SetPidMax(300, outside)), Fails{EINVAL});
  trial.Expect(ON(init, SetPidMax(kLimit, outside)), Eq(0));
  trial.Expect(ON(init, PidMax()), Eq(kLimit));
  trial.Expect(ON(host, PidMax()), Eq(4194304));
  trial.Expect(StillHasPidMax(before), Eq(true));

  trial.Step("Count up to the limit");
  trial.Must(ON(init, SetLastPid(kLimit - 3, outside)));
  trial.Expect(init.TryClone(), Eq(32766));
  trial.Expect(init.TryClone(), Eq(32767));
  trial.Expect(init.TryClone(), Eq(300));

  trial.Step("Count past it in another namespace");
  const Process other_init = host.Clone("other-init", CLONE_NEWPID);
  trial.Must(ON(other_init, SetLastPid(kLimit - 2, outside)));
  trial.Expect(other_init.TryClone(), Eq(32767));
  trial.Expect(other_init.TryClone(), Eq(32768));
}

EXPERIMENT(APidMaxHoldsForTheNamespacesInside,
           .claim =
               "A new namespace does not inherit its parent's pid_max, but "
               "each of its processes needs a number there, within it.",
           .verifies = {"D-92"}, .sources = {"kernel/pid.c alloc_pid()"},
           .needs = {FreshProc(), OuterPidMax(), OwnPidMax()}) {
  const int before = PidMax().value;
  const Process host = trial.Host();
  const Place outside = trial.Must(ON(host, OwnPlace()));
  const Process init = host.Clone("init", CLONE_NEWUSER | CLONE_NEWPID);
  const Place inside = trial.Must(ON(init, OwnPlace()));

  trial.Step("Limit a namespace, and nest another in it");
  trial.Must(ON(init, SetPidMax(kLimit, outside)));
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);
  trial.Expect(ON(init, PidMax()), Eq(kLimit));
  trial.Expect(ON(nested_init, PidMax()), Eq(4194304));

  trial.Step("Make processes in the inner one, near the limit of the outer");
  trial.Must(ON(init, SetLastPid(kLimit - 3, outside)));
  const Process first = nested_init.Clone("first");
  const Process second = nested_init.Clone("second");
  const Process third = nested_init.Clone("third");
  const pid_t first_pid = first.PidIn(host);
  const pid_t second_pid = second.PidIn(host);
  const pid_t third_pid = third.PidIn(host);
  trial.Expect(ON(host, NSpidOf(first_pid)), Eq(PidChain{first_pid, 32766, 2}));
  trial.Expect(ON(host, NSpidOf(second_pid)),
               Eq(PidChain{second_pid, 32767, 3}));
  trial.Expect(ON(host, NSpidOf(third_pid)), Eq(PidChain{third_pid, 300, 4}));

  trial.Step("Count past that limit inside");
  trial.Must(ON(nested_init, SetLastPid(kLimit - 2, inside)));
  trial.Expect(nested_init.TryClone(), Eq(32767));
  trial.Expect(nested_init.TryClone(), Eq(32768));
  trial.Expect(StillHasPidMax(before), Eq(true));
}

}  // namespace
}  // namespace pidlab
