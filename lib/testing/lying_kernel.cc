#include "lib/testing/lying_kernel.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "lib/host/names.h"
#include "lib/lab/failure.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/linux/socket.h"
#include "lib/linux/text.h"
#include "lib/trial/abandon.h"
#include "lib/trial/chamber.h"
#include "lib/trial/process.h"
#include "lib/trial/wire.h"

// <linux/seccomp.h> has it since Linux 5.19.
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace pidlab {
namespace {

using std::chrono::milliseconds;

// An experiment that was lied to may wait for something that never comes. One
// that was not lied to has the usual time.
constexpr milliseconds kPatienceWithLies{1000};
// An experiment ends within this time, whatever lie it was told.
constexpr milliseconds kPatienceWithAll{60000};

// What the runner sends to the supervisor, and the supervisor to the test.
struct RunReport {
  Verdict verdict = Verdict::kError;
  int lies = 0;
  uint32_t possible = 0;  // a bit for each Lie
  // The errno with which the supervisor failed to lie when it should have, and
  // the call that failed.
  int failed = 0;
  Text<64> failed_call;
  Text<2048> noticed;
};

// The calls that send a signal: which argument is the target, and which one
// is the signal.
struct SendingCall {
  int number;
  size_t target;
  size_t signal;
};
constexpr SendingCall kSendingCalls[] = {
    {SYS_kill, 0, 1},
    {SYS_tkill, 0, 1},
    {SYS_tgkill, 0, 2},
    {SYS_rt_sigqueueinfo, 0, 1},
    {SYS_rt_tgsigqueueinfo, 0, 2},
    {SYS_pidfd_send_signal, 0, 1},  // the target is a descriptor
};

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;

// Puts a stopped process, whose call was not made, back before that call, with
// another argument. The register keeps the new value afterwards: a caller that
// follows the C calling conventions does not read it again.
bool BeginAgain(const seccomp_notif& call, size_t index, uint64_t argument) {
  constexpr uint64_t kInstruction = 2;  // bytes
  const auto pid = static_cast<pid_t>(call.pid);
  user_regs_struct regs{};
  if (ptrace(PTRACE_GETREGS, pid, nullptr, &regs) != 0) return false;
  unsigned long long* const arguments[] = {&regs.rdi, &regs.rsi, &regs.rdx};
  *arguments[index] = argument;
  regs.rax = static_cast<unsigned>(call.data.nr);
  regs.orig_rax = ~0ULL;  // the kernel itself has nothing to restart
  regs.rip = call.data.instruction_pointer - kInstruction;
  return ptrace(PTRACE_SETREGS, pid, nullptr, &regs) == 0;
}
#else
constexpr uint32_t kArchitecture = 0;  // unknown: no filter, and no lie
bool BeginAgain(const seccomp_notif&, size_t, uint64_t) { return false; }
#endif

// From now on these calls of the caller, and of all its descendants, wait for
// the supervisor's answer. Returns the descriptor from which the supervisor
// reads about them.
//
// Once the supervisor has read about a call, only a fatal signal interrupts the
// call (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), so that there is no EINTR that
// a kernel without a supervisor would not give.
Sys<int> Filter() {
  if (kArchitecture == 0) return Sys<int>::Failed(ENOSYS);
  std::vector<int> calls = {SYS_clone, SYS_clone3, SYS_unshare,
                            SYS_setns, SYS_prctl,  SYS_mount};
  for (const SendingCall& call : kSendingCalls) calls.push_back(call.number);
  std::vector<sock_filter> code = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const int call : calls) {
    code.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
    code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program = {.len = static_cast<unsigned short>(code.size()),
                              .filter = code.data()};
  return FromErrno(static_cast<int>(syscall(
      SYS_seccomp, SECCOMP_SET_MODE_FILTER,
      SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
      &program)));
}

std::string PathOf(pid_t pid, const std::string& file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

Sys<NamespaceId> PidNamespaceOf(pid_t pid) {
  return ReadNamespace(PathOf(pid, "ns/pid").c_str());
}

// The PID 1 of a namespace, by its number here; 0 if it is gone.
pid_t InitOf(NamespaceId pid_namespace) {
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc", error)) {
    const Sys<ProcessStatus> status =
        ReadStatus((entry.path() / "status").c_str());
    if (!status.ok() || status.value.ns_pid.empty() ||
        status.value.ns_pid.innermost() != 1) {
      continue;
    }
    const Sys<NamespaceId> home = PidNamespaceOf(status.value.pid);
    if (home.ok() && home.value == pid_namespace) return status.value.pid;
  }
  return 0;
}

// What happens by default to a process other than PID 1 that gets this signal
// (signal(7)): SIGKILL or SIGSTOP; 0: nothing.
int DefaultAction(int signal) {
  switch (signal) {
    case 0:
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
      return 0;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return SIGSTOP;
    default:
      return SIGKILL;
  }
}

constexpr uint32_t BitOf(Lie lie) { return 1U << static_cast<unsigned>(lie); }

bool Has(uint64_t flags, uint64_t flag) { return (flags & flag) != 0; }

class Supervisor {
 public:
  Supervisor(Lie lie, pid_t runner, int listener)
      : lie_(lie), runner_(runner), listener_(listener) {}

  // Answers calls until the runner reports.
  Sys<RunReport> Serve(int wire) {
    for (;;) {
      pollfd fds[] = {{.fd = wire, .events = POLLIN, .revents = 0},
                      {.fd = listener_, .events = POLLIN, .revents = 0}};
      if (poll(fds, std::size(fds), -1) < 0)
        return Sys<RunReport>::Failed(errno);
      if (fds[0].revents != 0) break;
      Answer();
    }
    RunReport report;
    const Sys<size_t> size =
        ReceiveDatagram(wire, std::as_writable_bytes(std::span(&report, 1)));
    if (!size.ok()) return Sys<RunReport>::Failed(size.err);
    if (size.value != sizeof(report)) return Sys<RunReport>::Failed(EPIPE);
    report.lies = told_;
    report.possible = possible_;
    report.failed = failed_;
    report.failed_call = failed_call_;
    return {report};
  }

 private:
  void Answer() {
    // The struct has to be all zero: seccomp_unotify(2).
    seccomp_notif call{};
    // ENOENT: the caller is gone.
    if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
    // The runner is part of the apparatus.
    const bool apparatus = Caller(call) == runner_ || IsSettingUp(call);
    const auto is_about = [&](Lie lie) {
      return (!apparatus || lie == Lie::kNoPidNamespaces) && IsAbout(lie, call);
    };
    if (lie_ == Lie::kNone) {
      for (const Lie lie : kAllLies) {
        if (is_about(lie)) possible_ |= BitOf(lie);
      }
    }
    if (!is_about(lie_) || !ApplyLie(call)) Continue(call);
  }

  // The warden prepares the chamber with the same calls that experiments use.
  bool IsSettingUp(const seccomp_notif& call) const {
    if (call.data.nr != SYS_mount && call.data.nr != SYS_prctl) return false;
    const Sys<ProcessStatus> status = StatusOf(Caller(call));
    return status.ok() && status.value.ppid == runner_;
  }

  // Whether the call is one of those that the lie is about. True if that cannot
  // be found out: ApplyLie() will then fail for the same reason, and report it.
  static bool IsAbout(Lie lie, const seccomp_notif& call) {
    const auto& args = call.data.args;
    switch (lie) {
      case Lie::kNone:
        return false;
      case Lie::kNoPidNamespaces:
      case Lie::kOnlyTheChamber:
        if (call.data.nr == SYS_clone3) {
          // The first member of the struct clone_args is `flags`.
          return Has(Peek(call, args[0]).value_or(CLONE_NEWPID), CLONE_NEWPID);
        }
        return (call.data.nr == SYS_clone || call.data.nr == SYS_unshare) &&
               Has(args[0], CLONE_NEWPID);
      case Lie::kNobodyEnters:
        return call.data.nr == SYS_setns && IsEntering(call);
      case Lie::kPidOneIsMortal:
        return InitToSignal(call) != 0;
      case Lie::kSignalsGoNowhere:
        // Signal 0 sends nothing: it only asks whether a signal could be sent.
        return SignalOf(call) != 0;
      case Lie::kNoSubreapers:
        return call.data.nr == SYS_prctl && args[0] == PR_SET_CHILD_SUBREAPER &&
               args[1] != 0;
      case Lie::kNoDeathSignals:
        return call.data.nr == SYS_prctl && args[0] == PR_SET_PDEATHSIG &&
               args[1] != 0;
      case Lie::kProcStaysOld:
        return call.data.nr == SYS_mount &&
               TextAt(call, args[2]).value_or("proc") == "proc";
      case Lie::kNobodyChoosesPids:
        return call.data.nr == SYS_clone3 && args[1] >= CLONE_ARGS_SIZE_VER1 &&
               Peek(call, ChosenPids(call).size).value_or(1) != 0;
    }
    return false;
  }

  // Lies about a call. True if the caller has already got its answer by that.
  bool ApplyLie(const seccomp_notif& call) {
    switch (lie_) {
      case Lie::kNone:
        return false;
      case Lie::kNoPidNamespaces:
      case Lie::kOnlyTheChamber:
        if (call.data.nr != SYS_clone3) {
          return TakeFromArgument(call, 0, CLONE_NEWPID);
        }
        TakeFromMemory(call, call.data.args[0], CLONE_NEWPID);
        return false;
      case Lie::kNobodyEnters:
        // If other types are asked for as well, only this one is taken out.
        return (call.data.args[1] & ~uint64_t{CLONE_NEWPID}) != 0
                   ? TakeFromArgument(call, 1, CLONE_NEWPID)
                   : ClaimSuccess(call);
      case Lie::kPidOneIsMortal:
        SignalInit(call);
        return false;
      case Lie::kSignalsGoNowhere:
      case Lie::kNoSubreapers:
      case Lie::kNoDeathSignals:
        return ClaimSuccess(call);
      case Lie::kProcStaysOld:
        if (TextAt(call, call.data.args[2])) return ClaimSuccess(call);
        Fail("pread(/proc/PID/mem)", errno);
        return false;
      case Lie::kNobodyChoosesPids:
        ForgetChosenPids(call);
        return false;
    }
    return false;
  }

  static bool IsEntering(const seccomp_notif& call) {
    const uint64_t types = call.data.args[1];
    // 0 does not mean "none", but "whatever type it is".
    if (types != 0) return Has(types, CLONE_NEWPID);
    const std::string fd = "fd/" + std::to_string(call.data.args[0]);
    const Sys<Text<256>> link = ReadLink(PathOf(Caller(call), fd).c_str());
    return link.value.view().starts_with("pid:");
  }

  // How the call sends a signal. Null if it sends none.
  static const SendingCall* Sending(const seccomp_notif& call) {
    const SendingCall* const sending =
        std::ranges::find(kSendingCalls, call.data.nr, &SendingCall::number);
    return sending == std::end(kSendingCalls) ? nullptr : sending;
  }

  static int SignalOf(const seccomp_notif& call) {
    const SendingCall* const sending = Sending(call);
    return sending == nullptr
               ? 0
               : static_cast<int>(call.data.args[sending->signal]);
  }

  // The PID 1, by its number here, that the call would harm if the kernel did
  // not protect it; 0 if there is none.
  static pid_t InitToSignal(const seccomp_notif& call) {
    const int signal = SignalOf(call);
    if (DefaultAction(signal) == 0) return 0;
    const pid_t init = TargetIfInit(call, *Sending(call));
    if (init == 0) return 0;
    const Sys<ProcessStatus> status = StatusOf(init);
    const bool spared = !status.ok() || status.value.caught.Has(signal) ||
                        status.value.ignored.Has(signal) ||
                        status.value.blocked.Has(signal);
    return spared ? 0 : init;
  }

  // Does to PID 1 what the kernel would do to any other process. The call
  // itself goes on, and does not harm it.
  void SignalInit(const seccomp_notif& call) {
    const pid_t init = InitToSignal(call);
    if (init == 0) return;
    if (kill(init, DefaultAction(SignalOf(call))) != 0) {
      return Fail("kill", errno);
    }
    ++told_;
  }

  // The target of the call, by its number here, if it is PID 1 of the caller's
  // own namespace; 0 if it is any other process.
  static pid_t TargetIfInit(const seccomp_notif& call,
                            const SendingCall& sending) {
    const auto target = static_cast<int>(call.data.args[sending.target]);
    const Sys<NamespaceId> home = PidNamespaceOf(Caller(call));
    if (!home.ok()) return 0;
    if (call.data.nr != SYS_pidfd_send_signal) {
      // -1 means every process except the sender.
      const bool meant = target == 1 || target == -1;
      const pid_t init = meant ? InitOf(home.value) : 0;
      return target == -1 && init == Caller(call) ? 0 : init;
    }
    const std::string file = "fdinfo/" + std::to_string(target);
    const auto info = ReadFile(PathOf(Caller(call), file).c_str());
    const Sys<PidChain> pids = ParsePidfdInfo(info.value);
    if (!pids.ok() || pids.value.innermost() != 1) return 0;
    const pid_t pid = pids.value.outermost();
    return pid == InitOf(home.value) ? pid : 0;
  }

  // The kernel has not read the struct clone_args yet. The caller's own copy
  // loses the bit, too, but so far nothing has noticed that.
  void TakeFromMemory(const seccomp_notif& call, uint64_t address,
                      uint64_t bits) {
    const std::optional<uint64_t> word = Peek(call, address);
    if (!word) return Fail("pread(/proc/PID/mem)", errno);
    if (Poke(call, address, *word & ~bits)) ++told_;
  }

  // The addresses of the members of the struct clone_args with the chosen PIDs.
  struct ChosenPidsAddress {
    uint64_t array;
    uint64_t size;
  };
  static ChosenPidsAddress ChosenPids(const seccomp_notif& call) {
    const uint64_t clone_args_address = call.data.args[0];
    return {clone_args_address + offsetof(clone_args, set_tid),
            clone_args_address + offsetof(clone_args, set_tid_size)};
  }

  void ForgetChosenPids(const seccomp_notif& call) {
    const ChosenPidsAddress chosen = ChosenPids(call);
    if (Poke(call, chosen.size, 0) && Poke(call, chosen.array, 0)) ++told_;
  }

  // Reads a word from the memory of the caller. Returns nothing, and sets
  // errno, if it cannot be read.
  static std::optional<uint64_t> Peek(const seccomp_notif& call,
                                      uint64_t address) {
    const Fd memory(open(PathOf(Caller(call), "mem").c_str(), O_RDONLY));
    uint64_t word = 0;
    if (!memory.valid() || pread(memory.get(), &word, sizeof(word),
                                 static_cast<off_t>(address)) < 0) {
      return {};
    }
    return word;
  }
  bool Poke(const seccomp_notif& call, uint64_t address, uint64_t word) {
    const Fd memory(open(PathOf(Caller(call), "mem").c_str(), O_RDWR));
    if (memory.valid() && pwrite(memory.get(), &word, sizeof(word),
                                 static_cast<off_t>(address)) >= 0) {
      return true;
    }
    Fail("pwrite(/proc/PID/mem)", errno);
    return false;
  }

  // The first letters of a string in the memory of the caller, as many as fit
  // into a word; "" if the address is null.
  static std::optional<std::string> TextAt(const seccomp_notif& call,
                                           uint64_t address) {
    if (address == 0) return "";
    const std::optional<uint64_t> word = Peek(call, address);
    if (!word) return {};
    const char* letters = reinterpret_cast<const char*>(&*word);
    return std::string(letters, strnlen(letters, sizeof(*word)));
  }

  // Makes the caller leave its call, and begin it again with another argument.
  // False if that is not possible.
  bool TakeFromArgument(const seccomp_notif& call, size_t index,
                        uint64_t bits) {
    const uint64_t argument = call.data.args[index];
    const pid_t pid = Caller(call);
    if (ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0 ||
        ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) != 0) {
      Fail("ptrace", errno);
      return false;
    }
    // Either this answer or the interruption comes first. In both cases the
    // next thing that the caller does is to stop, and its call has not been
    // made.
    (void)Send(call, 0);
    int status = 0;
    while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
      if (status >> 16 != PTRACE_EVENT_STOP) {
        ptrace(PTRACE_CONT, pid, nullptr, WSTOPSIG(status));
        continue;
      }
      if (BeginAgain(call, index, argument & ~bits)) ++told_;
      ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
      break;
    }
    return true;
  }

  bool ClaimSuccess(const seccomp_notif& call) {
    if (Send(call, 0)) ++told_;
    return true;
  }

  void Continue(const seccomp_notif& call) {
    (void)Send(call, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
  }

  // False if the caller is gone.
  bool Send(const seccomp_notif& call, uint32_t flags) {
    seccomp_notif_resp answer{};
    answer.id = call.id;
    answer.flags = flags;
    return ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
  }

  // Notes that the supervisor could not lie, because a run in which it was
  // honest by mistake proves nothing. EPERM: the process is not dumpable, and
  // the supervisor is not root outside. Some errors do not count: a process
  // that is gone cannot be lied to, and the kernel itself will report a bad
  // address.
  void Fail(const char* what, int err) {
    if (err == ESRCH || err == ENOENT || err == EIO || failed_ != 0) return;
    failed_ = err;
    failed_call_ = what;
  }

  static pid_t Caller(const seccomp_notif& call) {
    return static_cast<pid_t>(call.pid);
  }

  Lie lie_;
  pid_t runner_;
  int listener_;
  int told_ = 0;
  uint32_t possible_ = 0;
  int failed_ = 0;
  Text<64> failed_call_;
};

// The runner: sends the descriptor of the filter to the supervisor, and goes on
// like any other runner.
[[noreturn]] void RunBehindFilter(const Experiment& experiment, Lie lie,
                                  int wire) {
  close(kControlFd);  // this one belongs to the supervisor
  const Sys<int> filter = Filter();
  Fd listener(filter.value);
  const int fd = listener.get();
  (void)SendDatagram(wire, std::as_bytes(std::span(&filter.err, 1)),
                     filter.ok() ? std::span(&fd, 1) : std::span<const int>());
  if (!filter.ok()) _exit(1);
  listener.Close();
  RunOptions options;
  if (lie != Lie::kNone) options.chamber.patience = kPatienceWithLies;
  const Record record = RunExperiment(experiment, options);
  RunReport report;
  report.verdict = record.verdict;
  report.noticed = Text<2048>(FailureLine(record));
  (void)SendDatagram(wire, std::as_bytes(std::span(&report, 1)));
  _exit(0);
}

// Runs in the outer chamber. Although it was cloned without the knowledge of
// glibc, it may allocate: it is a copy of a process that had one thread.
Sys<RunReport> Supervise(const Experiment* experiment, Lie lie) {
  static_assert(std::is_trivially_copyable_v<RunReport>);
  Sys<SocketPair> wire = MakeSocketPair();
  if (!wire.ok()) return Sys<RunReport>::Failed(wire.err);
  const Sys<pid_t> runner = Clone3(0);
  if (!runner.ok()) return Sys<RunReport>::Failed(runner.err);
  if (runner.value == 0) {
    wire.value.near.Close();
    RunBehindFilter(*experiment, lie, wire.value.far.get());
  }
  wire.value.far.Close();
  int err = EPIPE;
  int fd = -1;
  const Sys<size_t> size = ReceiveDatagram(
      wire.value.near.get(), std::as_writable_bytes(std::span(&err, 1)),
      std::span(&fd, 1));
  const Fd listener(fd);
  if (!size.ok()) return Sys<RunReport>::Failed(size.err);
  if (!listener.valid()) {
    RunReport report;
    report.failed = err;
    report.failed_call = "seccomp(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)";
    return {report};
  }
  return Supervisor(lie, runner.value, listener.get())
      .Serve(wire.value.near.get());
}

// One run, in a chamber of its own.
class IsolatedRun {
 public:
  // Starts it.
  explicit IsolatedRun(const LieTo& run)
      : name_(run.experiment->name + ", " + LieName(run.lie) + ": ") {
    try {
      chamber_.emplace(ChamberOptions{.patience = kPatienceWithAll});
      if (chamber_->proc_error() != 0) {
        result_.impossible = "mount(proc) in the outer chamber -> " +
                             DescribeErrno(chamber_->proc_error());
        return;
      }
      const Process supervisor(&*chamber_, &chamber_->host());
      const Experiment* const experiment = run.experiment;
      const Lie lie = run.lie;
      const auto call = ON(supervisor, Supervise(experiment, lie));
      call.Start();
      fd_ = chamber_->host().control.get();
      await_ = [call] { return call.Await(); };
    } catch (const Abandoned& abandoned) {
      NotPossible(abandoned);
    }
  }

  // Readable when the run is over; -1 if it was over at once.
  int fd() const { return fd_; }

  bool IsOver() const {
    pollfd over = {.fd = fd_, .events = POLLIN, .revents = 0};
    return fd_ < 0 || poll(&over, 1, 0) == 1;
  }

  // Waits for its end, and returns the result.
  LieResult AwaitReport() {
    if (!await_) return result_;
    try {
      const Observation<RunReport> report = await_();
      if (!report.ok()) {
        throw std::runtime_error(
            name_ + "the runner was lost: " + DescribeErrno(report.err));
      }
      Take(report.value);
    } catch (const Abandoned& abandoned) {
      NotPossible(abandoned);
    }
    return result_;
  }

 private:
  void NotPossible(const Abandoned& abandoned) {
    if (!abandoned.skip) throw std::runtime_error(name_ + abandoned.reason);
    result_.impossible = abandoned.skip->probed;
  }

  void Take(const RunReport& report) {
    if (report.failed != 0 && report.lies == 0) {
      result_.impossible = std::string(report.failed_call) + " -> " +
                           DescribeErrno(report.failed);
    }
    result_.verdict = report.verdict;
    result_.lies = report.lies;
    result_.noticed = report.noticed;
    for (const Lie lie : kAllLies) {
      if ((report.possible & BitOf(lie)) != 0) result_.possible.insert(lie);
    }
  }

  std::string name_;
  std::optional<Chamber> chamber_;
  int fd_ = -1;
  std::function<Observation<RunReport>()> await_;
  LieResult result_;
};

// Waits until one of the runs is over. Throws if that takes longer than any run
// may take.
void AwaitOne(const std::map<size_t, IsolatedRun>& running) {
  std::vector<pollfd> fds;
  for (const auto& [index, isolated] : running) {
    if (isolated.fd() < 0) return;
    fds.push_back({.fd = isolated.fd(), .events = POLLIN, .revents = 0});
  }
  const int ready =
      poll(fds.data(), fds.size(), static_cast<int>(kPatienceWithAll.count()));
  if (ready == 0) throw std::runtime_error("none of the runs comes to its end");
}

}  // namespace

const char* LieName(Lie lie) {
  switch (lie) {
    case Lie::kNone:
      return "None";
    case Lie::kNoPidNamespaces:
      return "NoPidNamespaces";
    case Lie::kOnlyTheChamber:
      return "OnlyTheChamber";
    case Lie::kNobodyEnters:
      return "NobodyEnters";
    case Lie::kPidOneIsMortal:
      return "PidOneIsMortal";
    case Lie::kSignalsGoNowhere:
      return "SignalsGoNowhere";
    case Lie::kNoSubreapers:
      return "NoSubreapers";
    case Lie::kNoDeathSignals:
      return "NoDeathSignals";
    case Lie::kProcStaysOld:
      return "ProcStaysOld";
    case Lie::kNobodyChoosesPids:
      return "NobodyChoosesPids";
  }
  return "?";
}

std::vector<LieResult> RunOnLyingKernels(const std::vector<LieTo>& runs) {
  // Enough runs use the time in which others wait, but too many would delay
  // each other.
  constexpr size_t kAtOnce = 8;
  std::vector<LieResult> results(runs.size());
  std::map<size_t, IsolatedRun> running;  // by the index of the run
  for (size_t next = 0; next < runs.size() || !running.empty();) {
    while (next < runs.size() && running.size() < kAtOnce) {
      running.try_emplace(next, runs[next]);
      ++next;
    }
    AwaitOne(running);
    for (auto it = running.begin(); it != running.end();) {
      auto& [index, isolated] = *it;
      const bool over = isolated.IsOver();
      if (over) results[index] = isolated.AwaitReport();
      it = over ? running.erase(it) : std::next(it);
    }
  }
  return results;
}

}  // namespace pidlab
