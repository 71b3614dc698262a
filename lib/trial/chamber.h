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
  // How long one answer, or the end of one process, may take before it counts
  // as a hang.
  std::chrono::milliseconds patience = UsualPatience();
  // Readable when the user wants to stop (^C); -1: never.
  int interrupt_fd = -1;
  // Whether its processes begin in the runner's working directory instead of
  // the root directory. This is for programs that a user has named by a
  // relative path.
  bool stays_in_folder = false;
};

class Chamber {
 public:
  // Opens the chamber. A caller with uid 0 uses its own privilege if that is
  // enough; otherwise a user namespace is created. The processes of the chamber
  // are root in both cases. Throws Abandoned: SKIP when neither is possible or
  // a container forbids what is needed, FAIL when the kernel ignored
  // CLONE_NEWPID or CLONE_NEWNS.
  explicit Chamber(const ChamberOptions& options);
  Chamber(const Chamber&) = delete;
  Chamber& operator=(const Chamber&) = delete;
  // Kills every process in it, and waits until they are gone.
  ~Chamber();

  DrivenProcess& host() { return *processes_[1]; }
  // The warden, the host and all others, in the order in which they were
  // created.
  const std::vector<std::unique_ptr<DrivenProcess>>& processes() const {
    return processes_;
  }
  // 0, or the errno with which a new /proc could not be mounted: then the /proc
  // of the machine is seen.
  int proc_error() const { return proc_error_; }

  // The PID of `process` in the namespace of `observer`; 0 if it is not visible
  // there.
  static pid_t PidIn(const DrivenProcess& process,
                     const DrivenProcess& observer);

  // Creates a child of `parent`, and proves that it is in the PID namespace
  // that the flags say.
  DrivenProcess& Clone(DrivenProcess& parent, const std::string& name,
                       uint64_t flags,
                       DrivenProcess::Role role = DrivenProcess::Role::kMember);

  // Sends a request. `what` is the text for messages, such as "getpid()".
  void Send(DrivenProcess& process, Request& request, const std::string& what,
            std::span<const int> fds = {});
  // Waits for the answer to the last request.
  void Receive(DrivenProcess& process, Reply* reply, const std::string& what,
               std::span<int> fds = {});

  // Waits until the process has closed its end of the wire: it called exec, or
  // its files are closed because it ends. In the second case its children and
  // its PID may still be there: they go later.
  void AwaitRelease(DrivenProcess& process, const std::string& what);

  // Waits until the process has ended, and its parent was notified.
  void AwaitDeath(DrivenProcess& process);

  bool Alive(const DrivenProcess& process) const;

  // Waits until `fd` is readable. Throws Interrupted, or Abandoned (ERROR) with
  // `what` when that takes longer than `patience`.
  void AwaitReadable(int fd, const std::string& what);

  Deadline NewDeadline() const { return Deadline::In(options_.patience); }

  // Ends every process that the experiment knows of, then asks the kernel
  // whether the chamber is empty. Returns the names of the processes that were
  // left behind, "" if there are none.
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
