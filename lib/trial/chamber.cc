#include "lib/trial/chamber.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>

#include "gtest/gtest.h"
#include "lib/linux/ending.h"
#include "lib/linux/socket.h"
#include "lib/linux/user_namespace.h"
#include "lib/trial/abandon.h"
#include "lib/trial/agent.h"
#include "lib/trial/process.h"

namespace pidlab {
namespace {

// How long the chamber may take to become empty after everything in it that
// the experiment knows of was killed: this part of the usual patience. ECHILD
// in the warden is the proof; the grace only bounds the wait for somebody who
// was never told to go.
constexpr int kGrace = 10;

constexpr uint64_t kOuterNamespaces = CLONE_NEWPID | CLONE_NEWNS;

// What the warden does first, in its own process.
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
  int proc_error = 0;
};

// Whether a call was refused that would have changed nothing: a seccomp profile
// may deny what experiments are made of.
bool IsRefused(int result) {
  return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
}

WardenReport SetUpWarden(const WardenSetup& setup) {
  using enum WardenReport::Step;
  // The double guard: mounts are only touched by a PID 1 whose namespaces are
  // not the runner's, so that no lie of the kernel lets them hit the machine.
  const Sys<NamespaceId> pid_namespace = ReadNamespace("/proc/self/ns/pid");
  const Sys<NamespaceId> mount_namespace = ReadNamespace("/proc/self/ns/mnt");
  if (getpid() != 1 || !pid_namespace.ok() || !mount_namespace.ok() ||
      pid_namespace.value == setup.runner_pid_namespace ||
      mount_namespace.value == setup.runner_mount_namespace) {
    return {kNotInNewNamespaces};
  }
  if (setup.user_namespace) {
    const int err = MapRootTo(setup.uid, setup.gid).err;
    if (err != 0) return {kUserMap, err};
  }
  // The runner's death is the warden's. If the runner died before this line,
  // its end of the wire is closed, which ends the warden as well.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return {kDeathSignal, errno};
  if (setsid() < 0) return {kSession, errno};
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return {kPrivateMounts, errno};
  }
  // What a process prints by mistake must not get into the runner's output.
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.valid()) return {kNull, errno};
  dup2(null.get(), STDIN_FILENO);
  dup2(null.get(), STDOUT_FILENO);
  // Experiments crash on purpose, and a trial leaves no file. A limit of 0
  // stops no core_pattern that is a pipe, one of 1 does: fs/coredump.c.
  rlimit core{};
  if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max > 1) core = {1, 1};
  if (setrlimit(RLIMIT_CORE, &core) != 0) return {kNoCore, errno};
  if (IsRefused(unshare(0)) || IsRefused(setns(-1, 0)) ||
      IsRefused(PidfdOpen(-1).value) ||
      IsRefused(PidfdSendSignal(-1, 0).value)) {
    return {kCalls, errno};
  }
  prctl(PR_SET_NAME, "warden");

  WardenReport report;
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
            nullptr) != 0) {
    report.proc_error = errno;
  }
  return report;
}

const char* StepName(WardenReport::Step step) {
  switch (step) {
    case WardenReport::kReady:
      return "nothing";
    case WardenReport::kNotInNewNamespaces:
      return "the namespaces";
    case WardenReport::kUserMap:
      return "the uid_map and gid_map of the user namespace";
    case WardenReport::kDeathSignal:
      return "prctl(PR_SET_PDEATHSIG)";
    case WardenReport::kSession:
      return "setsid()";
    case WardenReport::kPrivateMounts:
      return "mount(MS_REC|MS_PRIVATE)";
    case WardenReport::kNull:
      return "open(/dev/null)";
    case WardenReport::kNoCore:
      return "setrlimit(RLIMIT_CORE)";
    case WardenReport::kCalls:
      return "unshare(2), setns(2), pidfd_open(2) and pidfd_send_signal(2)";
  }
  return "?";
}

// What the place withholds, if that is why the warden could not set up.
std::optional<Skip> WithheldFromWarden(const WardenReport& report) {
  if (report.failed == WardenReport::kUserMap && report.err == EPERM) {
    // user_namespaces(7): mapping uid 0 takes CAP_SETFCAP, since Linux 5.12.
    return Skip{"NO_PRIVILEGE",
                "CAP_SYS_ADMIN, or a user namespace for this user",
                "write(/proc/self/uid_map, \"0 " + std::to_string(geteuid()) +
                    " 1\") -> EPERM",
                "run it as root with its capabilities, or as an ordinary user "
                "(docker run --cap-add SETFCAP, or --user 1000)"};
  }
  if (report.failed == WardenReport::kPrivateMounts && report.err == EINVAL) {
    // mount(2): / is no mount point. The mounts around it may be shared, and
    // the machine would see what is mounted here.
    return Skip{"SANDBOXED", "a root directory that is a mount point",
                "mount(MS_REC|MS_PRIVATE) on / -> EINVAL",
                "before chroot(8): mount --bind DIRECTORY DIRECTORY"};
  }
  for (const int err : {EPERM, EACCES, ENOSYS, EROFS, ENOENT, ENXIO}) {
    if (report.failed == WardenReport::kReady || report.err != err) continue;
    const std::string step = StepName(report.failed);
    return Skip{"SANDBOXED", step, "tried it -> " + DescribeErrno(err),
                "outside the container, or in one that has it: a /proc that "
                "can be written to, /dev, and a seccomp profile that has the "
                "call"};
  }
  return {};
}

// How a child ended that is not to be reaped. ECHILD while it has not.
Sys<Ending> PeekEnding(pid_t pid) {
  siginfo_t info{};
  const int result = waitid(P_PID, static_cast<id_t>(pid), &info,
                            WEXITED | WNOWAIT | WNOHANG | __WALL);
  if (result != 0) return Sys<Ending>::Failed(errno);
  if (info.si_pid == 0) return Sys<Ending>::Failed(ECHILD);
  return {EndingOf(info)};
}

// Signals that a program brings upon itself.
bool IsFault(int signal) {
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP}) {
    if (signal == fault) return true;
  }
  return false;
}

NamespaceId OwnNamespace(const char* path) {
  const Sys<NamespaceId> id = ReadNamespace(path);
  if (id.ok()) return id.value;
  AbandonAsSkip({"SANDBOXED", "a /proc in which the runner sees itself",
                 std::string("stat ") + path + " -> " + DescribeErrno(id.err),
                 "mount proc where pidlab runs"});
}

NamespaceId IdOf(const Fd& namespace_file) {
  struct stat status {};
  fstat(namespace_file.get(), &status);
  return {status.st_dev, status.st_ino};
}

}  // namespace

Chamber::Chamber(const ChamberOptions& options) : options_(options) {
  // Privilege is tried, never computed. But experiments are written for uid 0:
  // whoever has another one needs the user namespace, whatever it may do.
  std::string tried;
  const auto start = [&](uint64_t flags) {
    const Sys<pid_t> warden = StartWarden(flags);
    tried += (tried.empty() ? "" : ", ") +
             ("clone3(" + CloneFlagNames(flags) + ") -> ") +
             DescribeErrno(warden.err);
    return warden;
  };
  auto warden = Sys<pid_t>::Failed(EPERM);
  if (geteuid() == 0) warden = start(kOuterNamespaces);
  const bool user_namespace = warden.err == EPERM;
  if (user_namespace) warden = start(CLONE_NEWUSER | kOuterNamespaces);
  if (!warden.ok() && user_namespace && warden.err != EAGAIN) {
    AbandonAsSkip({"NO_PRIVILEGE",
                   "CAP_SYS_ADMIN, or leave to make a user namespace", tried,
                   "run it as root, or allow user namespaces (sysctl "
                   "user.max_user_namespaces; a container's seccomp profile)"});
  }
  if (!warden.ok()) {
    AbandonAsSkip({"RESOURCE", "one more process, PID and mount namespace",
                   tried,
                   "see user.max_pid_namespaces, pid_max and ulimit -u"});
  }
  try {
    Enter(user_namespace);
  } catch (...) {
    Kill();
    throw;
  }
}

Sys<pid_t> Chamber::StartWarden(uint64_t flags) {
  Sys<SocketPair> wire = MakeSocketPair();
  if (!wire.ok()) return Sys<pid_t>::Failed(wire.err);
  int pidfd = -1;
  const Sys<pid_t> warden = Clone3(flags, &pidfd);
  if (!warden.ok()) return warden;
  if (warden.value == 0) BecomeAgent(wire.value.far.get());
  auto process = std::make_unique<DrivenProcess>();
  process->name = "warden";
  process->control = std::move(wire.value.near);
  process->pidfd = Fd(pidfd);
  processes_.push_back(std::move(process));
  warden_pid_ = warden.value;
  return warden;
}

void Chamber::Enter(bool user_namespace) {
  DrivenProcess& warden = *processes_.front();
  const WardenSetup setup = {OwnNamespace("/proc/self/ns/pid"),
                             OwnNamespace("/proc/self/ns/mnt"), geteuid(),
                             getegid(), user_namespace};
  const Process process(this, &warden);
  const WardenReport report =
      Call(process, "SetUpWarden()", [=] { return SetUpWarden(setup); })
          .Run()
          .value;
  if (report.failed == WardenReport::kNotInNewNamespaces) {
    AbandonAsFail("clone3(" + CloneFlagNames(kOuterNamespaces) +
                  ") succeeded, but its child is not PID 1 of new namespaces");
  }
  if (std::optional<Skip> skip = WithheldFromWarden(report)) {
    AbandonAsSkip(*std::move(skip));
  }
  if (report.failed != WardenReport::kReady) {
    AbandonAsError(std::string("the chamber could not be set up: ") +
                   StepName(report.failed) + ": " + DescribeErrno(report.err));
  }
  proc_error_ = report.proc_error;
  // Two accounts of the same: the child's own above, and the kernel's here.
  const Sys<PidChain> own =
      ReadStatus("/proc/self/status").Get(&ProcessStatus::ns_pid);
  level_ = own.value.size();
  Locate(warden);
  if (!own.ok() || !(warden.pids == PidChain{1})) {
    AbandonAsFail(
        "clone3(CLONE_NEWPID) succeeded, but its child is not PID 1 one level "
        "deeper: its NSpid, without that of its parent, is " +
        ::testing::PrintToString(warden.pids));
  }

  Clone(warden, "host", 0);
  // From now on the kernel reaps for the warden, and its waitid(P_ALL) comes
  // back with ECHILD when the chamber is empty (wait(2), "NOTES").
  (void)Call(process, "signal(SIGCHLD, SIG_IGN)", [] {
    signal(SIGCHLD, SIG_IGN);
  }).Run();
}

Chamber::~Chamber() { Kill(); }

void Chamber::Kill() {
  if (warden_pid_ < 0) return;
  // Not reaped yet, it is still the one with that number.
  if (!PidfdSendSignal(processes_.front()->pidfd.get(), SIGKILL).ok()) {
    kill(warden_pid_, SIGKILL);
  }
  (void)WaitFor(warden_pid_);
  warden_pid_ = -1;
}

pid_t Chamber::PidIn(const DrivenProcess& process,
                     const DrivenProcess& observer) {
  const size_t level = observer.namespaces.size() - 1;
  const bool visible = process.namespaces.size() > level &&
                       process.namespaces[level] == observer.namespaces[level];
  return visible ? process.pids[level] : 0;
}

// Asks the kernel where the process is: its PIDs, and the chain of its
// namespaces (ioctl_ns(2), NS_GET_PARENT).
void Chamber::Locate(DrivenProcess& process) {
  const Sys<PidChain> pids = ReadPidfdInfo(process.pidfd.get());
  if (!pids.ok() || pids.value.size() <= level_) {
    AbandonAsError("the PIDs of " + process.name +
                   " cannot be read: " + DescribeErrno(pids.err));
  }
  process.pid_outside = pids.value.outermost();
  process.pids = pids.value.WithoutOuter(level_);

  const std::string path =
      "/proc/" + std::to_string(process.pid_outside) + "/ns/pid";
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  for (size_t level = process.pids.size(); level > 0 && file.valid(); --level) {
    process.namespaces.insert(process.namespaces.begin(), IdOf(file));
    if (level > 1) file = Fd(ioctl(file.get(), NS_GET_PARENT));
  }
  if (!file.valid()) {
    AbandonAsError("the PID namespaces of " + process.name +
                   " cannot be told: " + path + " -> " + DescribeErrno(errno));
  }
}

DrivenProcess& Chamber::Clone(DrivenProcess& parent, const std::string& name,
                              uint64_t flags) {
  const std::string what = "clone3(" + CloneFlagNames(flags) + ")";
  Sys<SocketPair> wire = MakeSocketPair();
  if (!wire.ok()) AbandonAsError("socketpair: " + DescribeErrno(wire.err));
  Request request;
  request.verb = Request::Verb::kClone;
  request.clone_flags = flags;
  request.size = static_cast<uint32_t>(name.size()) + 1;
  memcpy(request.payload, name.c_str(), request.size);
  const int far = wire.value.far.get();
  Send(parent, request, what, std::span(&far, 1));
  wire.value.far.Close();

  Reply reply;
  int pidfd = -1;
  Receive(parent, &reply, what, std::span(&pidfd, 1));
  if (reply.err != 0) {
    AbandonAsError(parent.name + " could not make " + name + ": " + what +
                   " -> " + DescribeErrno(reply.err));
  }
  auto child = std::make_unique<DrivenProcess>();
  child->name = name;
  child->parent = &parent;
  child->control = std::move(wire.value.near);
  child->pidfd = Fd(pidfd);
  processes_.push_back(std::move(child));
  DrivenProcess& born = *processes_.back();
  Receive(born, &reply, what);
  Locate(born);
  if ((flags & CLONE_NEWPID) != 0) ProvePlace(born);
  return born;
}

void Chamber::ProvePlace(const DrivenProcess& process) {
  const DrivenProcess& parent = *process.parent;
  if (process.pids.size() != parent.pids.size() + 1 ||
      process.pids.innermost() != 1 ||
      process.namespaces.back() == parent.namespaces.back()) {
    AbandonAsFail("clone3(CLONE_NEWPID) succeeded, but " + process.name +
                  " is in no new PID namespace: its NSpid is " +
                  ::testing::PrintToString(process.pids) +
                  ", its parent's is " + ::testing::PrintToString(parent.pids));
  }
}

void Chamber::Send(DrivenProcess& process, Request& request,
                   const std::string& what, std::span<const int> fds) {
  request.sequence = ++process.last_request;
  if (!process.control.valid()) {
    AbandonAsError(process.name + " is not driven any more: it cannot run " +
                   what);
  }
  const auto bytes = std::as_bytes(std::span(&request, 1));
  const Sys<size_t> sent =
      SendDatagram(process.control.get(), bytes.first(WireSize(request)), fds);
  if (!sent.ok()) ReportDeath(process, what);
}

void Chamber::Receive(DrivenProcess& process, Reply* reply,
                      const std::string& what, std::span<int> fds) {
  AwaitReadable(process.control.get(),
                process.name + " did not answer to " + what);
  const Sys<size_t> size = ReceiveDatagram(
      process.control.get(), std::as_writable_bytes(std::span(reply, 1)), fds);
  if (!size.ok() || size.value == 0) ReportDeath(process, what);
  if (reply->status == Reply::Status::kForked ||
      reply->sequence != process.last_request) {
    AbandonAsError("a hidden fork: " + what + " on " + process.name +
                   "; use Clone() or TryClone()");
  }
}

void Chamber::AwaitRelease(DrivenProcess& process, const std::string& what) {
  AwaitReadable(process.control.get(),
                process.name + " did not let go after " + what);
  Reply reply;
  const Sys<size_t> size = ReceiveDatagram(
      process.control.get(), std::as_writable_bytes(std::span(&reply, 1)));
  if (size.ok() && size.value > 0) {
    AbandonAsError(what + " on " + process.name + " -> " +
                   DescribeErrno(reply.err));
  }
  process.control.Close();
}

void Chamber::AwaitDeath(DrivenProcess& process) {
  AwaitReadable(process.pidfd.get(), process.name + " did not end");
}

bool Chamber::Alive(const DrivenProcess& process) const {
  pollfd poll_fd = {.fd = process.pidfd.get(), .events = POLLIN, .revents = 0};
  return poll(&poll_fd, 1, 0) != 1;  // EINTR tells nothing
}

void Chamber::AwaitReadable(int fd, const std::string& what) {
  const Deadline deadline = NewDeadline();
  pollfd fds[] = {
      {.fd = fd, .events = POLLIN, .revents = 0},
      {.fd = options_.interrupt_fd, .events = POLLIN, .revents = 0}};
  for (;;) {
    const int ready = poll(fds, std::size(fds), deadline.RemainingMs());
    if (ready < 0 && errno != EINTR) {
      AbandonAsError("poll: " + DescribeErrno(errno));
    }
    if (ready > 0 && fds[1].revents != 0) throw Interrupted{};
    if (ready > 0) return;
    if (deadline.Passed()) {
      AbandonAsError(what + " within " +
                     std::to_string(options_.patience.count()) + " ms");
    }
  }
}

// The process has closed its end while it had something to do. A fault is the
// experiment's own mistake; any other end is what the kernel made of it.
void Chamber::ReportDeath(DrivenProcess& process, const std::string& what) {
  std::string how = "ended";
  bool fault = false;
  DrivenProcess* parent = process.parent;
  if (parent != nullptr && parent->control.valid() && Alive(*parent)) {
    AwaitDeath(process);
    const pid_t pid = PidIn(process, *parent);
    const auto ending = Call(Process(this, parent), "waitid(WNOWAIT)", [pid] {
                          return PeekEnding(pid);
                        }).Run();
    if (ending.ok()) {
      const bool killed = ending.value.kind == Ending::Kind::kKilled;
      how = (killed ? "was " : "") + ::testing::PrintToString(ending.value);
      fault = killed && IsFault(ending.value.number);
    }
  }
  how = process.name + " " + how + " instead of answering to " + what;
  if (fault) AbandonAsError(how);
  AbandonAsFail(how);
}

std::string Chamber::Close() {
  DrivenProcess& warden = *processes_.front();
  for (size_t i = processes_.size() - 1; i >= 1; --i) {
    (void)PidfdSendSignal(processes_[i]->pidfd.get(), SIGKILL);
  }
  const Process process(this, &warden);
  const auto drain = Call(process, "waitid(P_ALL)", [] {
    return waitid(P_ALL, 0, nullptr, WEXITED | __WALL);
  });
  drain.Start();
  const Deadline grace =
      Deadline::In(std::min(options_.patience, UsualPatience() / kGrace));
  std::string left_behind;
  if (WaitReadable(warden.control.get(), grace)) {
    if (drain.Await().err != ECHILD) left_behind = "somebody";
  } else {
    left_behind = Census();
  }
  Kill();
  return left_behind;
}

// Who is in the chamber, by the names that its own /proc has.
std::string Chamber::Census() {
  std::string names;
  const std::filesystem::path proc =
      "/proc/" + std::to_string(processes_.front()->pid_outside) + "/root/proc";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(proc, error)) {
    const Sys<ProcessStat> stat = ReadStat((entry.path() / "stat").c_str());
    if (!stat.ok() || stat.value.pid == 1) continue;
    names += (names.empty() ? "" : ", ") + std::string(stat.value.comm) +
             " (PID " + std::to_string(stat.value.pid) + ", PPID " +
             std::to_string(stat.value.ppid) + ", state " +
             ::testing::PrintToString(stat.value.state) + ")";
  }
  return names.empty() ? "a process that /proc does not name" : names;
}

}  // namespace pidlab
