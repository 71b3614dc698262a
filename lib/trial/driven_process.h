// What the runner knows about one driven process, and its ends of the wire.
// Code that asks the process something holds a Process (process.h).

#ifndef PIDLAB_LIB_TRIAL_DRIVEN_PROCESS_H_
#define PIDLAB_LIB_TRIAL_DRIVEN_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

namespace pidlab {

struct DrivenProcess {
  enum class Role {
    kWarden,   // the chamber's PID 1, not part of the experiment
    kMember,   // the host, and all that the experiment has named
    kCommand,  // it runs one command, and ends before the step does
  };

  // A PID namespace that it is in, by the kernel's id and by the trial's
  // number. The number is not used again when the namespace is gone.
  struct Namespace {
    NamespaceId id;
    int number = 0;
  };

  std::string name;
  Role role = Role::kMember;
  DrivenProcess* parent = nullptr;  // its creator; null for the warden
  Fd control;                       // invalid when it is not driven any more
  Fd pidfd;
  pid_t pid_outside = 0;  // in the namespace of the runner's /proc
  // Its PIDs, and the namespaces in which it has them: from the chamber's
  // inwards to its own.
  PidChain pids;
  std::vector<Namespace> namespaces;
  uint32_t last_request = 0;
  // The runner's side of its input and output, once it has executed another
  // program: see Program. They stay open as long as the chamber does, so that a
  // program still waits when the experiment's last line is done.
  Fd input;
  Fd output;  // invalid if the input is a terminal, which is both
  std::string unread;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_DRIVEN_PROCESS_H_
