// vm.memfd_noexec: a switch that each PID namespace has of its own.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <charconv>

#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/place.h"
#include "lib/linux/procfs.h"
#include "lib/linux/user_namespace.h"

namespace pidlab {
namespace {

using ::testing::Eq;

constexpr char kSwitch[] = "/proc/sys/vm/memfd_noexec";
// With this value, memfd_create(2) creates no files that can be executed.
constexpr int kForbidden = 2;

Sys<int> ReadSwitch() {
  const Sys<FileText> text = ReadFile(kSwitch);
  if (!text.ok()) return Sys<int>::Failed(text.err);
  const std::string_view digits = text.value;
  int value = 0;
  const auto end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, value);
  return {value, result.ec == std::errc() ? 0 : EBADMSG};
}

Sys<int> WriteSwitch(int value) {
  const Fd file(open(kSwitch, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return Sys<int>::Failed(errno);
  const char digit = static_cast<char>('0' + value);
  return {0, write(file.get(), &digit, 1) == 1 ? 0 : errno};
}

// Writes the value that is there. This tries whether it can be written, and
// changes nothing in any namespace.
Sys<int> RewriteSwitch() {
  const Sys<int> value = ReadSwitch();
  return value.ok() ? WriteSwitch(value.value) : value;
}

// PID 1 of such a namespace is root there, and has no power outside of it.
constexpr uint64_t kOwnNamespaces = CLONE_NEWUSER | CLONE_NEWPID;

// Sets the switch of the caller's PID namespace. The caller has to be PID 1 of
// a namespace that is one level below `outside`.
Sys<int> SetSwitch(int value, Place outside) {
  if (getpid() != 1 || !IsOneLevelBelow(outside)) {
    return Sys<int>::Failed(EPERM);
  }
  return WriteSwitch(value);
}

// Calls `run` in a child that is created with these flags, and returns its
// errno.
template <typename Run>
int ErrnoInChild(uint64_t flags, Run run) {
  const Sys<Ending> ending = InChild(flags, run);
  return ending.ok() ? ending.value.number : ending.err;
}

// This is checked before anything is changed: root of another user namespace,
// in the PID namespace of the caller, may not even write the value that is
// there. So the kernel asks for power over the namespace, and a process that
// has no power outside cannot change anything there.
Sys<int> ProveThatOthersAreRefused() {
  const int err = ErrnoInChild(CLONE_NEWUSER, [] {
    return MapRootTo(0, 0).ok() ? RewriteSwitch().err : EINVAL;
  });
  return {0, err == EPERM ? 0 : ENOTRECOVERABLE};
}

// Tries memfd_create(2) for a file that can be executed.
Sys<int> TryExecutableFile() {
  constexpr unsigned kMfdExec = 0x10;  // MFD_EXEC, since Linux 6.3
  const Fd file(memfd_create("program", MFD_CLOEXEC | kMfdExec));
  return {0, file.valid() ? 0 : errno};
}

Need Switch() {
  return KernelFeature("vm.memfd_noexec (Linux 6.3)", ReadSwitch);
}

// sysctls belong to the machine's root, and uid 0 of a container may be another
// user. If executable files are forbidden anyway, there is nothing to see.
Sys<int> TrySwitch() {
  const Fd file(open(kSwitch, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return {0, errno};
  return {0, ReadSwitch().value < kForbidden ? 0 : EBUSY};
}

Need FreeSwitch() {
  return {
      "root, and vm.memfd_noexec below 2",
      [](Chamber& chamber) -> std::optional<Skip> {
        const auto seen =
            ON(Process(&chamber, &chamber.host()), TrySwitch()).Run();
        if (seen.ok()) return {};
        return Skip{
            .code = Skip::Code::kNoPrivilege,
            .needs = "permission to write vm.memfd_noexec, and a value below 2",
            .probed =
                "open(/proc/sys/vm/memfd_noexec) -> " + DescribeErrno(seen.err),
            .to_run = "as root"};
      }};
}

EXPERIMENT(
    EachPidNamespaceHasItsOwnSwitch,
    .claim =
        "vm.memfd_noexec is read and written for the PID namespace of the "
        "caller, by who has CAP_SYS_ADMIN over it; outside nothing "
        "changes.",
    .verifies = {"D-93"},
    .sources = {"memfd_create(2)", "Documentation/userspace-api/mfd_noexec.rst",
                "kernel/pid_sysctl.h pid_mfd_noexec_dointvec_minmax()"},
    .needs = {Switch(), FreeSwitch(), UserNamespaces()}) {
  const Process host = trial.Host();
  const int value = trial.Must(ON(host, ReadSwitch()));
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Make a PID namespace with powers of its own");
  const Process init = host.Clone("init", kOwnNamespaces);
  trial.Must(ON(init, MapRootTo(0, 0)));
  trial.Expect(ON(init, ReadSwitch()), Eq(value));
  trial.Expect(ON(init, TryExecutableFile()), Succeeds{});

  // Neither of the two has any power over the machine.
  trial.Step("Write what is there: with these powers, outside and inside");
  const Process stranger = host.Clone("stranger", CLONE_NEWUSER);
  trial.Must(ON(stranger, MapRootTo(0, 0)));
  trial.Expect(ON(stranger, RewriteSwitch()), Fails{EPERM});
  trial.Expect(ON(init, RewriteSwitch()), Succeeds{});
  trial.Must(ON(host, ProveThatOthersAreRefused()));

  trial.Step("Try to forbid executable files outside, and be refused");
  trial.Expect(ON(host, SetSwitch(kForbidden, outside)), Fails{EPERM});

  trial.Step("Forbid them inside");
  trial.Expect(ON(init, SetSwitch(kForbidden, outside)), Succeeds{});
  trial.Expect(ON(init, ReadSwitch()), Eq(kForbidden));
  trial.Expect(ON(init, TryExecutableFile()), Fails{EACCES});

  trial.Step("See that nothing has changed outside");
  trial.Expect(ON(host, ReadSwitch()), Eq(value));
  trial.Expect(ON(host, TryExecutableFile()), Succeeds{});
}

// In a new namespace, tries whether the process that has raised the switch may
// lower it again. If the namespace is not a new one, the experiment itself will
// notice.
Sys<int> TryToLower() {
  const Sys<int> proof = ProveThatOthersAreRefused();
  const Sys<Place> outside = OwnPlace();
  if (!proof.ok()) return proof;
  if (!outside.ok()) return Sys<int>::Failed(outside.err);
  const int value = ReadSwitch().value;
  const Place place = outside.value;
  return {0, ErrnoInChild(kOwnNamespaces, [=] {
            if (!IsOneLevelBelow(place)) return 0;
            int err = MapRootTo(0, 0).err;
            if (err == 0) err = SetSwitch(kForbidden, place).err;
            return err == 0 ? SetSwitch(value, place).err : err;
          })};
}

EXPERIMENT(
    TheSwitchOfANamespaceIsAtLeastThatOfItsAncestors,
    .claim =
        "What a PID namespace sets holds in those nested in it, at once; "
        "they cannot go below, and it can take that back.",
    .verifies = {"D-93"},
    .sources = {"Documentation/userspace-api/mfd_noexec.rst",
                "kernel/pid_sysctl.h pid_mfd_noexec_dointvec_minmax()"},
    .needs = {Switch(), FreeSwitch(), UserNamespaces(),
              KernelFeature("hierarchical vm.memfd_noexec (Linux 6.6)",
                            TryToLower)}) {
  const Process host = trial.Host();
  const int value = trial.Must(ON(host, ReadSwitch()));
  const Place outside = trial.Must(ON(host, OwnPlace()));
  const Process init = host.Clone("init", kOwnNamespaces);
  trial.Must(ON(init, MapRootTo(0, 0)));
  const Process nested = init.Clone("nested-init", CLONE_NEWPID);
  const Place inside = trial.Must(ON(init, OwnPlace()));
  trial.Must(ON(host, ProveThatOthersAreRefused()));

  trial.Step("Forbid executable files in the namespace around another");
  trial.Expect(ON(nested, ReadSwitch()), Eq(value));
  trial.Expect(ON(init, SetSwitch(kForbidden, outside)), Succeeds{});
  trial.Expect(ON(nested, ReadSwitch()), Eq(kForbidden));
  trial.Expect(ON(nested, TryExecutableFile()), Fails{EACCES});

  trial.Step("Let the nested one allow them");
  trial.Expect(ON(nested, SetSwitch(value, inside)), Fails{EINVAL});
  trial.Expect(ON(nested, SetSwitch(kForbidden, inside)), Succeeds{});

  trial.Step("Let the one around it take that back");
  trial.Expect(ON(init, SetSwitch(value, outside)), Succeeds{});
  trial.Expect(ON(init, TryExecutableFile()), Succeeds{});
  trial.Expect(ON(nested, ReadSwitch()), Eq(kForbidden));
  trial.Expect(ON(nested, SetSwitch(value, inside)), Succeeds{});
  trial.Expect(ON(nested, TryExecutableFile()), Succeeds{});
}

}  // namespace
}  // namespace pidlab
