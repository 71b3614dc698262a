// A Need is something without which an experiment cannot be tried. It is
// probed, never guessed. If it is missing, the verdict is a SKIP that says what
// to do.

#ifndef PIDLAB_LIB_TRIAL_NEED_H_
#define PIDLAB_LIB_TRIAL_NEED_H_

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "lib/linux/sys.h"
#include "lib/trial/chamber.h"
#include "lib/trial/record.h"

namespace pidlab {

struct Need {
  std::string what;  // for `pidlab list`: "bash", "a fresh /proc"
  // Returns nothing if the need is met. It is called before the experiment
  // begins.
  std::function<std::optional<Skip>(Chamber& chamber)> probe;
};

// A program that is found in the PATH of the trial, with its loader. `package`
// is the package that contains it.
Need Tool(const std::string& program, const std::string& package);

// A program of util-linux; the one of BusyBox does not have all of its options.
Need UtilLinux(const std::string& program);

// A directory of the machine, to mount something on. It may be missing in a
// container.
Need Directory(const std::string& path);

// A machine of this kind, as uname -m prints it, for experiments that use
// assembly.
Need Architecture(const std::string& machine);

// A proc mount of the chamber's own; in a container it may be forbidden.
Need FreshProc();

// A feature that the kernel may not have: `what` names it and the release that
// brought it, "NS_GET_PID_IN_PIDNS (Linux 6.11)". `probe` runs in the host, and
// must not change it. EPERM and EACCES mean that it is not allowed here
// (NO_PRIVILEGE), any other errno that the feature is missing.
Need KernelFeature(const std::string& what, Sys<int> (*probe)());

// Permission to do what this machine may forbid; `to_run` says what would help.
// The probe is as above. EROFS and ENOENT mean that a part of /proc is
// read-only or masked (SANDBOXED).
Need Permission(const std::string& what, Sys<int> (*probe)(),
                const std::string& to_run);

// A capability of the host, by its name and its number in <linux/capability.h>.
// A user namespace has all of them, uid 0 of a container may not.
Need Capable(const std::string& name, int number);

// Permission to create a user namespace (CLONE_NEWUSER) and to be root in it,
// with the privilege that the experiment has.
Need UserNamespaces();

// Permission to trace one's parent with ptrace(2): Yama may forbid it.
Need Tracing();

// A second user id, to test what one user may not do to another. A user
// namespace that was created by an ordinary user maps only one.
Need SecondUser();

// The second user id in probes and experiments: nobody.
inline constexpr uid_t kSecondUser = 65534;

// setresuid(2), setresgid(2), setgroups(2): the caller has this uid and gid
// from now on. It is in no other group, because the group of a proc mount's
// gid= sees everything.
Sys<int> BecomeSecondUser();

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_NEED_H_
