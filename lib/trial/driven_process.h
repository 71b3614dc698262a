// The runner's side of one driven process: what is known of it, and the ends of
// its wire. Whoever asks it something holds a Process (process.h).

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
    kWarden,   // the chamber's PID 1, no part of the story
    kMember,   // the host, and all that the experiment has named
    kCommand,  // it runs one command, and is over before the step is
  };

  // A PID namespace that it is in, by the kernel's name and by the trial's
  // number, which nobody else gets when the namespace is gone.
  struct Namespace {
    NamespaceId id;
    int number = 0;
  };

  std::string name;
  Role role = Role::kMember;
  DrivenProcess* parent = nullptr;  // who cloned it; null for the warden
  Fd control;                       // invalid when it is not driven any more
  Fd pidfd;
  pid_t pid_outside = 0;  // in the namespace of the runner's /proc
  // Its PIDs, and the namespaces in which it has them: from the chamber's
  // inwards to its own.
  PidChain pids;
  std::vector<Namespace> namespaces;
  uint32_t last_request = 0;
  // The runner's side of its input and output, once it is another program: see
  // Program. They stay open as long as the chamber does, so that a program
  // still waits when the experiment's last line is done.
  Fd input;
  Fd output;  // invalid if the input is a terminal, which is both
  std::string unread;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_DRIVEN_PROCESS_H_
