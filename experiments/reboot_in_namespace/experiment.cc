// reboot(2) reboots the machine only in the initial PID namespace. In any other
// one it ends PID 1, with a signal that shows what was requested.

#include "lib/trial/experiment.h"

#include <linux/capability.h>
#include <linux/reboot.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/place.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// PROC_PID_INIT_INO of <linux/proc_ns.h>
constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;

// Whether the caller is in a place where reboot(2) cannot reboot the machine.
// This checks its PID, /proc, and the number that the initial PID namespace
// always has.
bool IsSafe(Place outside, pid_t expected_pid) {
  const Sys<Place> place = OwnPlace();
  return getpid() == expected_pid && IsOneLevelBelow(outside) && place.ok() &&
         place.value.pid_namespace.inode != kInitialPidNamespace;
}

// Every caller is in a user namespace that owns its PID namespace, too: the
// kernel itself would not let it reboot the machine (CAP_SYS_BOOT).
int Reboot(unsigned command, Place outside, pid_t expected_pid) {
  if (!IsSafe(outside, expected_pid)) {
    errno = EPERM;
    return -1;
  }
  return static_cast<int>(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1,
                                  LINUX_REBOOT_MAGIC2, command, nullptr));
}

constexpr uint64_t kOwnNamespaces = CLONE_NEWUSER | CLONE_NEWPID;

// Calls reboot(2) in a new namespace, and even there without the magic numbers,
// so that nothing can be rebooted. A process that may reboot gets EINVAL, any
// other process EPERM.
Sys<int> TryReboot() {
  const Sys<Ending> ending = InChild(kOwnNamespaces, [] {
    if (getpid() != 1) return 0;  // the experiment will notice that
    syscall(SYS_reboot, 0, 0, 0, nullptr);
    return errno == EINVAL ? 0 : errno;
  });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

Need PermissionToReboot() {
  return Permission("permission to call reboot(2) in a namespace", TryReboot,
                    "in a container whose seccomp profile has reboot");
}

EXPERIMENT(ARebootEndsTheNamespaceAndNotTheMachine,
           .claim =
               "reboot(2) in a child namespace ends its PID 1: by SIGHUP for a "
               "restart, by SIGINT for a halt or power-off; outside nothing "
               "happens.",
           .verifies = {"D-94"},
           .sources = {"reboot(2), Behavior inside PID namespaces",
                       "kernel/pid_namespace.c reboot_pid_ns()"},
           .needs = {UserNamespaces(), PermissionToReboot()}) {
  const Process host = trial.Host();
  const Process witness = host.Clone("witness");
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Try it from outside, and be refused");
  const pid_t host_pid = host.PidIn(host);
  trial.Expect(ON(host, Reboot(LINUX_REBOOT_CMD_RESTART, outside, host_pid)),
               Fails{EPERM});

  struct Reboots {
    const char* title;
    unsigned command;
    int signal;
  };
  for (const Reboots& one :
       {Reboots{"Let init restart", LINUX_REBOOT_CMD_RESTART, SIGHUP},
        Reboots{"Let init power off", LINUX_REBOOT_CMD_POWER_OFF, SIGINT},
        Reboots{"Let init halt", LINUX_REBOOT_CMD_HALT, SIGINT}}) {
    trial.Step(one.title);
    const Process init = host.Clone("init", kOwnNamespaces);
    const Process member = init.Clone("member");
    const pid_t member_pid = member.PidIn(host);
    const unsigned command = one.command;
    ON(init, Reboot(command, outside, 1)).Start();
    trial.Expect(host.Reap(init), Eq(KilledBy(one.signal)));
    trial.Expect(ON(host, kill(member_pid, 0)), Fails{ESRCH});
    trial.Expect(ON(witness, getppid()), Eq(host_pid));
  }
}

// Drops all capabilities of the caller.
int DropCapabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2] = {};
  return static_cast<int>(syscall(SYS_capset, &header, none));
}

EXPERIMENT(AnyMemberWithTheCapabilityMayReboot,
           .claim =
               "A member can reboot its namespace as well, if it has "
               "CAP_SYS_BOOT over it; what is no reboot is EINVAL.",
           .verifies = {"D-94"},
           .sources = {"reboot(2), Behavior inside PID namespaces",
                       "kernel/reboot.c SYSCALL_DEFINE4(reboot)"},
           .needs = {UserNamespaces(), PermissionToReboot()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", kOwnNamespaces);
  const Process poor = init.Clone("poor");
  const Process member = init.Clone("member");
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Let a member without capabilities try");
  trial.Must(ON(poor, DropCapabilities()));
  trial.Expect(ON(poor, IsSafe(outside, 2)), Eq(true));
  trial.Expect(ON(poor, Reboot(LINUX_REBOOT_CMD_RESTART, outside, 2)),
               Fails{EPERM});
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Ask for what means nothing in a child namespace");
  trial.Expect(ON(member, Reboot(LINUX_REBOOT_CMD_CAD_OFF, outside, 3)),
               Fails{EINVAL});
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let a member with its capabilities restart");
  ON(member, Reboot(LINUX_REBOOT_CMD_RESTART, outside, 3)).Start();
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGHUP)));
}

}  // namespace
}  // namespace pidlab
