// The warden is PID 1 of a chamber. Here is what it does before anything else
// happens in the chamber. This code runs in the warden's own process, between
// clone3() and the first request of the trial.

#ifndef PIDLAB_LIB_TRIAL_WARDEN_H_
#define PIDLAB_LIB_TRIAL_WARDEN_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "lib/linux/procfs.h"
#include "lib/trial/record.h"

namespace pidlab {

struct WardenSetup {
  NamespaceId runner_pid_namespace;
  NamespaceId runner_mount_namespace;
  uid_t uid;  // to become root in the user namespace
  gid_t gid;
  bool user_namespace;
  bool stays_in_folder;  // as ChamberOptions has it
};

struct WardenReport {
  // What failed, such as "prctl(PR_SET_PDEATHSIG)"; null: nothing. It is a
  // string literal, which has the same address in the runner.
  const char* failed = nullptr;
  int err = 0;
  int proc_error = 0;  // 0, or the errno of mounting a new /proc
};

// The value of `failed` if the kernel ignored CLONE_NEWPID or CLONE_NEWNS.
inline constexpr char kNewNamespaces[] = "the new namespaces";

// Makes the caller the warden: may be called inside a driven process.
WardenReport SetUpWarden(const WardenSetup& setup);

// The SKIP, if the warden could not set up because a container or sandbox
// forbids something.
std::optional<Skip> WithheldFromWarden(const WardenReport& report);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_WARDEN_H_
