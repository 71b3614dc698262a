// The warden is PID 1 of a chamber. What it does before anything else happens
// there is here; it runs in the warden's own process, between clone3() and the
// first request of the trial.

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
  // What failed, as "prctl(PR_SET_PDEATHSIG)"; null: nothing. A string literal,
  // which has the same address in the runner.
  const char* failed = nullptr;
  int err = 0;
  int proc_error = 0;  // 0, or why /proc could not be mounted anew
};

// What has failed if the kernel ignored CLONE_NEWPID or CLONE_NEWNS.
inline constexpr char kNewNamespaces[] = "the new namespaces";

// Makes the caller the warden: may be called inside a driven process.
WardenReport SetUpWarden(const WardenSetup& setup);

// What the place withholds, if that is why the warden could not set up.
std::optional<Skip> WithheldFromWarden(const WardenReport& report);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_WARDEN_H_
