// The chamber is where one trial takes place: an outer PID and mount namespace
// with a /proc of its own, in which the warden is PID 1 and the host PID 2.
// Killing the warden empties it. It does not know what is tried in it.
//
// pid_namespaces(7); kernel/pid_namespace.c zap_pid_ns_processes()

#ifndef PIDLAB_LIB_TRIAL_CHAMBER_H_
#define PIDLAB_LIB_TRIAL_CHAMBER_H_

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/trial/driven_process.h"
#include "lib/trial/patience.h"
#include "lib/trial/wire.h"

namespace pidlab {

struct ChamberOptions {
  // How long one answer, or one death, may take before it counts as a hang.
  std::chrono::milliseconds patience = UsualPatience();
  // Readable when the user wants to stop (^C); -1: never.
  int interrupt_fd = -1;
  // Its processes begin in the runner's working directory, not in /: for
  // programs that a user has named by a relative path.
  bool stays_in_folder = false;
};

class Chamber {
 public:
  // Opens the chamber: as uid 0 with its privilege if it has some, otherwise
  // through a user namespace. Its processes are root in either. Throws
  // Abandoned: SKIP when neither is to be had or a container withholds what it
  // takes, FAIL when the kernel ignored CLONE_NEWPID or CLONE_NEWNS.
  explicit Chamber(const ChamberOptions& options);
  Chamber(const Chamber&) = delete;
  Chamber& operator=(const Chamber&) = delete;
  // Kills what is there, and waits until it is gone.
  ~Chamber();

  DrivenProcess& host() { return *processes_[1]; }
  // The warden, the host and all others, in the order of their births.
  const std::vector<std::unique_ptr<DrivenProcess>>& processes() const {
    return processes_;
  }
  // 0, or why /proc could not be mounted anew: then the machine's is seen.
  int proc_error() const { return proc_error_; }

  // Of `process`, in the namespace of `observer`; 0 where it is invisible.
  static pid_t PidIn(const DrivenProcess& process,
                     const DrivenProcess& observer);

  // Makes a child of `parent` and proves that it is where the flags say.
  DrivenProcess& Clone(DrivenProcess& parent, const std::string& name,
                       uint64_t flags,
                       DrivenProcess::Role role = DrivenProcess::Role::kMember);

  // Sends a request. `what` is the text for messages, as "getpid()".
  void Send(DrivenProcess& process, Request& request, const std::string& what,
            std::span<const int> fds = {});
  // Waits for the answer to the last request.
  void Receive(DrivenProcess& process, Reply* reply, const std::string& what,
               std::span<int> fds = {});

  // Waits until the process has let go of its end of the wire: it called exec,
  // or its files are closed because it ends. The latter says nothing of its
  // children and its PID: they go later.
  void AwaitRelease(DrivenProcess& process, const std::string& what);

  // Waits until the process has ended, and its parent was told.
  void AwaitDeath(DrivenProcess& process);

  bool Alive(const DrivenProcess& process) const;

  // Waits until `fd` is readable. Throws Interrupted; Abandoned (ERROR) with
  // `what` when patience is at its end.
  void AwaitReadable(int fd, const std::string& what);

  Deadline NewDeadline() const { return Deadline::In(options_.patience); }

  // Ends every process that the experiment knows of, then asks the kernel
  // whether the chamber is empty. Returns the names of what was left behind,
  // "" if nothing.
  std::string Close();

 private:
  void Enter(bool user_namespace);
  Sys<pid_t> StartWarden(uint64_t flags);
  void Locate(DrivenProcess& process);
  void NumberNamespaces(DrivenProcess& process);
  static void ProvePlace(const DrivenProcess& process);
  [[noreturn]] void ReportDeath(DrivenProcess& process,
                                const std::string& what);
  std::string Census();
  void Kill();

  ChamberOptions options_;
  std::vector<std::unique_ptr<DrivenProcess>> processes_;
  pid_t warden_pid_ = -1;  // in the runner's namespace
  size_t level_ = 0;       // of the chamber, below the runner's /proc
  int proc_error_ = 0;
  int namespaces_seen_ = 0;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_CHAMBER_H_
