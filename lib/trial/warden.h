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
};

struct WardenReport {
  enum Step {
    kReady,
    kNotInNewNamespaces,
    kUserMap,
    kDeathSignal,
    kSession,
    kPrivateMounts,
    kNull,
    kNoCore,
    kCalls,
  };
  Step failed = kReady;
  int err = 0;
  int proc_error = 0;  // 0, or why /proc could not be mounted anew
};

// Makes the caller the warden: may be called inside a driven process.
WardenReport SetUpWarden(const WardenSetup& setup);

// "prctl(PR_SET_PDEATHSIG)"
const char* StepName(WardenReport::Step step);

// What the place withholds, if that is why the warden could not set up.
std::optional<Skip> WithheldFromWarden(const WardenReport& report);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_WARDEN_H_
