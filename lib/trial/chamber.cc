#include "lib/trial/chamber.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>

#include "gtest/gtest.h"
#include "lib/host/names.h"
#include "lib/host/privilege.h"
#include "lib/host/wait.h"
#include "lib/linux/ending.h"
#include "lib/linux/socket.h"
#include "lib/trial/abandon.h"
#include "lib/trial/agent.h"
#include "lib/trial/exhaustion.h"
#include "lib/trial/remote_call.h"
#include "lib/trial/warden.h"

namespace pidlab {
namespace {

// How long the chamber may take to become empty after every process that the
// experiment knows of was killed: the usual patience divided by this. ECHILD in
// the warden proves that it is empty; the grace only limits the wait for a
// process that was not killed.
constexpr int kGraceDivisor = 10;

constexpr char kLimits[] =
    "see ulimit -u, ulimit -n, pids.max of the cgroup, pid_max and "
    "user.max_pid_namespaces";

constexpr uint64_t kOuterNamespaces = CLONE_NEWPID | CLONE_NEWNS;

// How a child ended, without reaping it. ECHILD if it has not ended.
Sys<Ending> PeekEnding(pid_t pid) {
  siginfo_t info{};
  const int result = waitid(P_PID, static_cast<id_t>(pid), &info,
                            WEXITED | WNOWAIT | WNOHANG | __WALL);
  if (result != 0) return Sys<Ending>::Failed(errno);
  if (info.si_pid == 0) return Sys<Ending>::Failed(ECHILD);
  return {EndingOf(info)};
}

// Whether a program causes this signal by a mistake of its own.
bool IsFault(int signal) {
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP}) {
    if (signal == fault) return true;
  }
  return false;
}

// Abandons the experiment: `who` could not be created by clone3(2), or could
// not be driven.
[[noreturn]] void AbandonBecauseNotCloned(const std::string& who,
                                          const std::string& call, int err) {
  const std::string what = call + " -> " + DescribeErrno(err);
  // ENOSPC: a limit of namespaces (clone(2)).
  if (IsExhausted(err) || err == ENOSPC) {
    AbandonAsSkip({.code = Skip::Code::kResource,
                   .needs = "one more process: " + who,
                   .probed = what,
                   .to_run = kLimits});
  }
  AbandonAsError(who + " could not be made: " + what);
}

NamespaceId OwnNamespace(const char* path) {
  const Sys<NamespaceId> id = ReadNamespace(path);
  if (id.ok()) return id.value;
  AbandonAsSkip(
      {.code = Skip::Code::kSandboxed,
       .needs = "a /proc in which the runner sees itself",
       .probed = std::string("stat ") + path + " -> " + DescribeErrno(id.err),
       .to_run = "mount proc where pidlab runs"});
}

NamespaceId IdOf(const Fd& namespace_file) {
  struct stat status {};
  fstat(namespace_file.get(), &status);
  return {status.st_dev, status.st_ino};
}

}  // namespace

Chamber::Chamber(const ChamberOptions& options) : options_(options) {
  // Experiments are written for uid 0: a caller with another uid needs the user
  // namespace, even if it could do without.
  const PrivilegeTried tried =
      TryPrivileges(kOuterNamespaces, geteuid() == 0,
                    [this](uint64_t flags) { return StartWarden(flags).err; });
  const bool user_namespace = tried.privilege == Privilege::kInUserNamespace;
  if (!tried.ok() && user_namespace && !IsExhausted(tried.err)) {
    AbandonAsSkip({.code = Skip::Code::kNoPrivilege,
                   .needs = kPrivilegeNeeded,
                   .probed = tried.probed,
                   .to_run = kPrivilegeToRun});
  }
  if (!tried.ok()) {
    AbandonAsSkip({.code = Skip::Code::kResource,
                   .needs = "one more process, PID and mount namespace",
                   .probed = tried.probed,
                   .to_run = kLimits});
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
  process->role = DrivenProcess::Role::kWarden;
  process->control = std::move(wire.value.near);
  process->pidfd = Fd(pidfd);
  processes_.push_back(std::move(process));
  warden_pid_ = warden.value;
  return warden;
}

void Chamber::Enter(bool user_namespace) {
  DrivenProcess& warden = *processes_.front();
  const WardenSetup setup = {
      .runner_pid_namespace = OwnNamespace("/proc/self/ns/pid"),
      .runner_mount_namespace = OwnNamespace("/proc/self/ns/mnt"),
      .uid = geteuid(),
      .gid = getegid(),
      .user_namespace = user_namespace,
      .stays_in_folder = options_.stays_in_folder};
  const WardenReport report = RunCall(*this, warden, "SetUpWarden()", [=] {
                                return SetUpWarden(setup);
                              }).value;
  if (report.failed == kNewNamespaces) {
    AbandonAsFail("clone3(" + CloneFlagNames(kOuterNamespaces) +
                  ") succeeded, but its child is not PID 1 of new namespaces");
  }
  if (std::optional<Skip> skip = WithheldFromWarden(report)) {
    AbandonAsSkip(*std::move(skip));
  }
  if (report.failed != nullptr) {
    AbandonAsError(std::string("the chamber could not be set up: ") +
                   report.failed + ": " + DescribeErrno(report.err));
  }
  proc_error_ = report.proc_error;
  // The same thing is checked twice: above by the child itself, here by what
  // the kernel says.
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
  // From now on the kernel reaps for the warden, and its waitid(P_ALL) fails
  // with ECHILD when the chamber is empty (wait(2), "NOTES").
  (void)RunCall(*this, warden, "signal(SIGCHLD, SIG_IGN)",
                [] { signal(SIGCHLD, SIG_IGN); });
}

Chamber::~Chamber() { Kill(); }

void Chamber::Kill() {
  if (warden_pid_ < 0) return;
  // It has not been reaped yet, so the number is still its own.
  if (!PidfdSendSignal(processes_.front()->pidfd.get(), SIGKILL).ok()) {
    kill(warden_pid_, SIGKILL);
  }
  (void)WaitFor(warden_pid_);
  warden_pid_ = -1;
}

pid_t Chamber::PidIn(const DrivenProcess& process,
                     const DrivenProcess& observer) {
  const size_t level = observer.namespaces.size() - 1;
  const bool visible =
      process.namespaces.size() > level &&
      process.namespaces[level].id == observer.namespaces[level].id;
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
    process.namespaces.insert(process.namespaces.begin(), {IdOf(file), 0});
    if (level > 1) file = Fd(ioctl(file.get(), NS_GET_PARENT));
  }
  if (!file.valid()) {
    AbandonAsError("the PID namespaces of " + process.name +
                   " cannot be told: " + path + " -> " + DescribeErrno(errno));
  }
  NumberNamespaces(process);
}

// The kernel gives the number of a dead namespace to the next one (fs/nsfs.c),
// so the number alone is not enough. A process that is PID 1 of its namespace
// is in a new one. Any other process is in the same namespace as the youngest
// process whose namespace has this number.
void Chamber::NumberNamespaces(DrivenProcess& process) {
  for (size_t level = 0; level < process.namespaces.size(); ++level) {
    auto& own = process.namespaces[level];
    own.number = -1;
    const bool is_new =
        level + 1 == process.namespaces.size() && process.pids.innermost() == 1;
    for (auto other = processes_.rbegin();
         !is_new && own.number < 0 && other != processes_.rend(); ++other) {
      const auto& theirs = (*other)->namespaces;
      if (other->get() != &process && theirs.size() > level &&
          theirs[level].id == own.id) {
        own.number = theirs[level].number;
      }
    }
    if (own.number < 0) own.number = namespaces_seen_++;
  }
}

DrivenProcess& Chamber::Clone(DrivenProcess& parent, const std::string& name,
                              uint64_t flags, DrivenProcess::Role role) {
  const std::string what = "clone3(" + CloneFlagNames(flags) + ")";
  Sys<SocketPair> wire = MakeSocketPair();
  if (!wire.ok()) AbandonBecauseNotCloned(name, "socketpair()", wire.err);
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
    AbandonBecauseNotCloned(name, what + " on " + parent.name, reply.err);
  }
  auto child = std::make_unique<DrivenProcess>();
  child->name = name;
  child->role = role;
  child->parent = &parent;
  child->control = std::move(wire.value.near);
  child->pidfd = Fd(pidfd);
  processes_.push_back(std::move(child));
  DrivenProcess& created = *processes_.back();
  Receive(created, &reply, what);
  Locate(created);
  if ((flags & CLONE_NEWPID) != 0) ProvePlace(created);
  return created;
}

void Chamber::ProvePlace(const DrivenProcess& process) {
  const DrivenProcess& parent = *process.parent;
  if (process.pids.size() != parent.pids.size() + 1 ||
      process.pids.innermost() != 1 ||
      process.namespaces.back().id == parent.namespaces.back().id) {
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
  return poll(&poll_fd, 1, 0) != 1;  // EINTR says nothing
}

void Chamber::AwaitReadable(int fd, const std::string& what) {
  if (WaitToRead(fd, options_.interrupt_fd, NewDeadline())) return;
  AbandonAsError(what + " within " + std::to_string(options_.patience.count()) +
                 " ms");
}

// The process has closed its end of the wire while it had something to do. A
// fault is a mistake of the experiment; any other end is what the kernel did to
// it.
void Chamber::ReportDeath(DrivenProcess& process, const std::string& what) {
  std::string how = "ended";
  bool fault = false;
  DrivenProcess* parent = process.parent;
  if (parent != nullptr && parent->control.valid() && Alive(*parent)) {
    AwaitDeath(process);
    const pid_t pid = PidIn(process, *parent);
    const auto ending = RunCall(*this, *parent, "waitid(WNOWAIT)",
                                [pid] { return PeekEnding(pid); });
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
  const auto drain = [] { return waitid(P_ALL, 0, nullptr, WEXITED | __WALL); };
  const std::string what = "waitid(P_ALL)";
  StartCall(*this, warden, what, drain);
  const Deadline grace = Deadline::In(
      std::min(options_.patience, UsualPatience() / kGraceDivisor));
  std::string left_behind;
  if (WaitReadable(warden.control.get(), grace)) {
    const auto drained = AwaitCall<decltype(drain)>(*this, warden, what);
    if (drained.err != ECHILD) left_behind = "somebody";
  } else {
    left_behind = Census();
  }
  Kill();
  return left_behind;
}

// The processes in the chamber, by the names that its own /proc shows.
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
