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

#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
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

// An experiment that was lied to may wait for what never comes; one that was
// not has all the time of any other.
constexpr milliseconds kPatienceWithLies{1000};
// In which an experiment ends, whatever it was told.
constexpr milliseconds kPatienceWithAll{60000};

// What crosses from the runner to the supervisor, and from there to the test.
struct Heard {
  Verdict verdict = Verdict::kError;
  int lies = 0;
  // Why the supervisor could not lie when it should have, and in which call.
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
// another argument. The register keeps it afterwards: a caller that goes by the
// C conventions does not look.
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

// From now on these calls of the caller, and of all who descend from it, wait
// for what the supervisor says. Gives the descriptor on which it hears of them.
//
// Once the supervisor has heard of a call, only a fatal signal interrupts it
// (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV): no EINTR that a kernel without a
// supervisor would not give.
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

// The PID 1 of a namespace, by its number here; 0 if there is none any more.
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

// What becomes of a process, other than a PID 1, that gets this signal and
// has left it at its default: signal(7). 0: nothing.
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

bool Has(uint64_t flags, uint64_t flag) { return (flags & flag) != 0; }

class Supervisor {
 public:
  Supervisor(Lie lie, pid_t runner, int listener)
      : lie_(lie), runner_(runner), listener_(listener) {}

  // Answers until the runner reports.
  Sys<Heard> Serve(int report) {
    for (;;) {
      pollfd fds[] = {{.fd = report, .events = POLLIN, .revents = 0},
                      {.fd = listener_, .events = POLLIN, .revents = 0}};
      if (poll(fds, std::size(fds), -1) < 0) return Sys<Heard>::Failed(errno);
      if (fds[0].revents != 0) break;
      Answer();
    }
    Heard heard;
    const Sys<size_t> size =
        ReceiveDatagram(report, std::as_writable_bytes(std::span(&heard, 1)));
    if (!size.ok()) return Sys<Heard>::Failed(size.err);
    if (size.value != sizeof(heard)) return Sys<Heard>::Failed(EPIPE);
    heard.lies = told_;
    heard.failed = failed_;
    heard.failed_call = failed_call_;
    return {heard};
  }

 private:
  void Answer() {
    // It has to be all zero: seccomp_unotify(2).
    seccomp_notif call{};
    // ENOENT: who called is no more.
    if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
    // The runner is part of the apparatus.
    const bool apparatus = Caller(call) == runner_ || IsSettingUp(call);
    if ((apparatus && lie_ != Lie::kNoPidNamespaces) || !LiedAbout(call))
      Continue(call);
  }

  // The warden prepares the chamber by the same means that experiments use.
  bool IsSettingUp(const seccomp_notif& call) const {
    if (call.data.nr != SYS_mount && call.data.nr != SYS_prctl) return false;
    const Sys<ProcessStatus> status = StatusOf(Caller(call));
    return status.ok() && status.value.ppid == runner_;
  }

  // True if the caller has got its answer by that.
  bool LiedAbout(const seccomp_notif& call) {
    const auto& args = call.data.args;
    switch (lie_) {
      case Lie::kNone:
        return false;
      case Lie::kNoPidNamespaces:
      case Lie::kOnlyTheChamber:
        if (call.data.nr == SYS_clone3) {
          TakeFromMemory(call, args[0], CLONE_NEWPID);
          return false;
        }
        return (call.data.nr == SYS_clone || call.data.nr == SYS_unshare) &&
               TakeFromArgument(call, 0, CLONE_NEWPID);
      case Lie::kNobodyEnters:
        return call.data.nr == SYS_setns && LiedAboutSetns(call);
      case Lie::kPidOneIsMortal:
        for (const SendingCall& sending : kSendingCalls) {
          if (call.data.nr == sending.number) Strike(call, sending);
        }
        return false;
      case Lie::kSignalsGoNowhere:
        for (const SendingCall& sending : kSendingCalls) {
          // 0 sends nothing, and asks whether one could.
          if (call.data.nr == sending.number && args[sending.signal] != 0) {
            return ClaimSuccess(call);
          }
        }
        return false;
      case Lie::kNoSubreapers:
        return call.data.nr == SYS_prctl && args[0] == PR_SET_CHILD_SUBREAPER &&
               args[1] != 0 && ClaimSuccess(call);
      case Lie::kNoDeathSignals:
        return call.data.nr == SYS_prctl && args[0] == PR_SET_PDEATHSIG &&
               args[1] != 0 && ClaimSuccess(call);
      case Lie::kProcStaysOld:
        return call.data.nr == SYS_mount && TextAt(call, args[2]) == "proc" &&
               ClaimSuccess(call);
      case Lie::kNobodyChoosesPids:
        if (call.data.nr == SYS_clone3) ForgetChosenPids(call);
        return false;
    }
    return false;
  }

  bool LiedAboutSetns(const seccomp_notif& call) {
    const uint64_t types = call.data.args[1];
    if (types == CLONE_NEWPID) return ClaimSuccess(call);
    // 0 would not mean "none", but "whatever it is".
    if (types != 0) return TakeFromArgument(call, 1, CLONE_NEWPID);
    const std::string fd = "fd/" + std::to_string(call.data.args[0]);
    const Sys<Text<256>> link = ReadLink(PathOf(Caller(call), fd).c_str());
    return link.value.view().starts_with("pid:") && ClaimSuccess(call);
  }

  // Does to PID 1 what the kernel would do if it were like anybody else. The
  // call itself goes on, and spares it.
  void Strike(const seccomp_notif& call, const SendingCall& sending) {
    const int signal = static_cast<int>(call.data.args[sending.signal]);
    const int action = DefaultAction(signal);
    const pid_t init = action == 0 ? 0 : TargetIfInit(call, sending);
    if (init == 0) return;
    const Sys<ProcessStatus> status = StatusOf(init);
    if (!status.ok() || status.value.caught.Has(signal) ||
        status.value.ignored.Has(signal) || status.value.blocked.Has(signal)) {
      return;
    }
    if (kill(init, action) != 0) return Fail("kill", errno);
    ++told_;
  }

  // Whom the call is to, by its number here, if it is PID 1 of the caller's own
  // namespace; 0 if it is anybody else.
  static pid_t TargetIfInit(const seccomp_notif& call,
                            const SendingCall& sending) {
    const auto target = static_cast<int>(call.data.args[sending.target]);
    const Sys<NamespaceId> home = PidNamespaceOf(Caller(call));
    if (!home.ok()) return 0;
    if (call.data.nr != SYS_pidfd_send_signal) {
      // -1 is everybody, and the kernel itself leaves out only the sender.
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

  // The kernel has not read the struct clone_args yet, whose first member is
  // `flags`. That the caller's own copy loses the bit, too, nobody has noticed.
  void TakeFromMemory(const seccomp_notif& call, uint64_t address,
                      uint64_t bits) {
    uint64_t flags = 0;
    if (!Peek(call, address, &flags) || !Has(flags, bits)) return;
    if (Poke(call, address, flags & ~bits)) ++told_;
  }

  void ForgetChosenPids(const seccomp_notif& call) {
    const uint64_t address =
        call.data.args[0] + offsetof(clone_args, set_tid_size);
    uint64_t size = 0;
    const bool has = call.data.args[1] >= CLONE_ARGS_SIZE_VER1;
    if (!has || !Peek(call, address, &size) || size == 0) return;
    const uint64_t array = call.data.args[0] + offsetof(clone_args, set_tid);
    if (Poke(call, address, 0) && Poke(call, array, 0)) ++told_;
  }

  // In the memory of the caller.
  bool Peek(const seccomp_notif& call, uint64_t address, uint64_t* word) {
    const Fd memory(open(PathOf(Caller(call), "mem").c_str(), O_RDONLY));
    if (memory.valid() && pread(memory.get(), word, sizeof(*word),
                                static_cast<off_t>(address)) >= 0) {
      return true;
    }
    Fail("pread(/proc/PID/mem)", errno);
    return false;
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

  // The first letters of a string there, so many as fit; "" if there is none.
  std::string TextAt(const seccomp_notif& call, uint64_t address) {
    uint64_t word = 0;
    if (address == 0 || !Peek(call, address, &word)) return "";
    const char* letters = reinterpret_cast<const char*>(&word);
    return {letters, strnlen(letters, sizeof(word))};
  }

  // Lets the caller come out of its call, and begin it again with another
  // argument. False if there is nothing to take.
  bool TakeFromArgument(const seccomp_notif& call, size_t index,
                        uint64_t bits) {
    const uint64_t argument = call.data.args[index];
    if (!Has(argument, bits)) return false;
    const pid_t pid = Caller(call);
    if (ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0 ||
        ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) != 0) {
      Fail("ptrace", errno);
      return false;
    }
    // Whatever comes of this, or of the interruption if that is faster: the
    // next thing that the caller does is to stop, with its call not made.
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

  // False if who called is no more.
  bool Send(const seccomp_notif& call, uint32_t flags) {
    seccomp_notif_resp answer{};
    answer.id = call.id;
    answer.flags = flags;
    return ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
  }

  // To have been honest by mistake is no proof of anything: EPERM, if a process
  // does not let itself be dumped, and the supervisor is not root outside. But
  // a process that is gone cannot be lied to, and of a bad address the kernel
  // will tell.
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
  int failed_ = 0;
  Text<64> failed_call_;
};

// The runner: gives the supervisor the other end of the filter, and goes on
// like any other.
[[noreturn]] void RunBehindFilter(const Experiment& experiment, Lie lie,
                                  int report) {
  close(kControlFd);  // the supervisor's own
  const Sys<int> filter = Filter();
  Fd listener(filter.value);
  const int fd = listener.get();
  (void)SendDatagram(report, std::as_bytes(std::span(&filter.err, 1)),
                     filter.ok() ? std::span(&fd, 1) : std::span<const int>());
  if (!filter.ok()) _exit(1);
  listener.Close();
  RunOptions options;
  if (lie != Lie::kNone) options.chamber.patience = kPatienceWithLies;
  const Record record = RunExperiment(experiment, options);
  Heard heard;
  heard.verdict = record.verdict;
  heard.noticed = Text<2048>(FailureLine(record));
  (void)SendDatagram(report, std::as_bytes(std::span(&heard, 1)));
  _exit(0);
}

// In the cage. Although it was cloned behind glibc's back, it may allocate: it
// is a copy of a process that had one thread.
Sys<Heard> Supervise(const Experiment* experiment, Lie lie) {
  static_assert(std::is_trivially_copyable_v<Heard>);
  Sys<SocketPair> wire = MakeSocketPair();
  if (!wire.ok()) return Sys<Heard>::Failed(wire.err);
  const Sys<pid_t> runner = Clone3(0);
  if (!runner.ok()) return Sys<Heard>::Failed(runner.err);
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
  if (!size.ok()) return Sys<Heard>::Failed(size.err);
  if (!listener.valid()) {
    Heard heard;
    heard.failed = err;
    heard.failed_call = "seccomp(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)";
    return {heard};
  }
  return Supervisor(lie, runner.value, listener.get())
      .Serve(wire.value.near.get());
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

Testimony RunOnLyingKernel(const Experiment& experiment, Lie lie) {
  Testimony testimony;
  try {
    Chamber cage(ChamberOptions{.patience = kPatienceWithAll});
    if (cage.proc_error() != 0) {
      testimony.impossible =
          "mount(proc) in the cage -> " + DescribeErrno(cage.proc_error());
      return testimony;
    }
    const Process supervisor(&cage, &cage.host());
    const Experiment* const tried = &experiment;
    const auto heard = ON(supervisor, Supervise(tried, lie)).Run();
    if (!heard.ok()) {
      throw std::runtime_error("the runner was lost: " +
                               DescribeErrno(heard.err));
    }
    if (heard.value.failed != 0 && heard.value.lies == 0) {
      testimony.impossible = std::string(heard.value.failed_call) + " -> " +
                             DescribeErrno(heard.value.failed);
    }
    testimony.verdict = heard.value.verdict;
    testimony.lies = heard.value.lies;
    testimony.noticed = heard.value.noticed;
  } catch (const Abandoned& abandoned) {
    if (!abandoned.skip) throw std::runtime_error(abandoned.reason);
    testimony.impossible = abandoned.skip->probed;
  }
  return testimony;
}

}  // namespace pidlab
