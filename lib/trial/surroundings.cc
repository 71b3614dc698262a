#include "lib/trial/surroundings.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "lib/host/find_program.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

// A row of the tables below. `reset` returns 0, or an errno if a trial without
// it would do harm or mean nothing.
struct Row {
  const char* what;
  int (*reset)();
};

int ErrnoOf(long result) { return result < 0 ? errno : 0; }

// Ignores a failure: the trial is still worth running if this was refused.
int IfAllowed(long) { return 0; }

// wait(2): if a process ignores SIGCHLD, its children leave no status, and it
// is not notified of their end.
int ResetSigchld() {
  signal(SIGCHLD, SIG_DFL);
  return 0;
}

// A process is not dumpable if its user may execute the program but not read
// it, or if it has changed its uid (prctl(2)). Then its files in /proc belong
// to root, so that it could not write its own uid_map. A new process inherits
// this.
int SetDumpable() { return IfAllowed(prctl(PR_SET_DUMPABLE, 1)); }

// The timer slack: how much later than asked a timeout may end (prctl(2)). It
// may have been set to minutes.
int ResetTimerSlack() {
  constexpr unsigned long kUsualSlack = 50'000;  // ns
  return IfAllowed(prctl(PR_SET_TIMERSLACK, kUsualSlack));
}

void SetPolicyToOther() {
  sched_param none{};
  // An ordinary user may not change whether its children begin with the usual
  // policy, so this flag is kept.
  const int flag = sched_getscheduler(0) & SCHED_RESET_ON_FORK;
  sched_setscheduler(0, SCHED_OTHER | flag, &none);
}

int Policy() { return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }

// sched(7): a process under SCHED_DEADLINE cannot fork.
int LeaveDeadlinePolicy() {
  if (Policy() == SCHED_DEADLINE) SetPolicyToOther();
  return 0;
}

// A process of an experiment may spin, and must not keep others from running.
// SCHED_IDLE, which runs only when nothing else does, is the user's wish.
int ResetPolicy() {
  if (Policy() != SCHED_OTHER && Policy() != SCHED_IDLE) SetPolicyToOther();
  return 0;
}

// Anyone may raise a soft limit up to the hard one (getrlimit(2)).
void SetSoftLimit(__rlimit_resource resource, rlim_t usual) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = std::min(usual, limit.rlim_max);
  setrlimit(resource, &limit);
}

// The runner needs room for its descriptors, for the records in memory files,
// for its processes and for its stack. Of processes, queued signals, message
// queues and locked memory, a user namespace may have no more than the soft
// limits of its creator (since Linux 5.14): kernel/user_namespace.c
// create_user_ns().
int RaiseSoftLimits() {
  for (const auto resource :
       {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_DATA, RLIMIT_AS,
        RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_MEMLOCK}) {
    SetSoftLimit(resource, RLIM_INFINITY);
  }
  SetSoftLimit(RLIMIT_STACK, rlim_t{8} << 20);
  return 0;
}

// The soft limits that the kernel gives to the first process. Two of them are
// lower than the hard ones: shells make tables for as many descriptors as they
// may have, and an unlimited stack changes the layout of a program's memory.
int ResetSoftLimits() {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    SetSoftLimit(static_cast<__rlimit_resource>(resource), RLIM_INFINITY);
  }
  SetSoftLimit(RLIMIT_NOFILE, 1024);
  SetSoftLimit(RLIMIT_STACK, rlim_t{8} << 20);
  return 0;
}

// Experiments crash on purpose, and a trial must not leave a file. A limit of 0
// does not stop a core_pattern that is a pipe, but a limit of 1 does:
// fs/coredump.c.
int LeaveNoCore() {
  rlimit core{};
  if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max > 1) core = {1, 1};
  return ErrnoOf(setrlimit(RLIMIT_CORE, &core));
}

// A set-user-ID program that started pidlab leaves another real uid, and a
// service leaves its groups. These are raw system calls: see
// BecomeSecondUser().
int BecomeRootWithoutGroups() {
  IfAllowed(syscall(SYS_setgroups, 0, nullptr));
  IfAllowed(syscall(SYS_setresgid, 0, 0, 0));
  IfAllowed(syscall(SYS_setresuid, 0, 0, 0));
  // With SECBIT_NO_SETUID_FIXUP a process that becomes another user would keep
  // everything that it may do.
  return IfAllowed(prctl(PR_SET_SECUREBITS, 0));
}

// setarch(8) can change what uname(2) says about the machine and the kernel.
int ResetReportedMachine() {
  constexpr unsigned long kAsk = 0xffffffff;
  const auto now = static_cast<unsigned long>(personality(kAsk));
  constexpr unsigned long kLies = UNAME26 | unsigned{PER_MASK};
  return IfAllowed(personality(now & ~kLies));
}

// Resets the rest of the personality, too: it changes the layout of the memory
// of programs.
int ResetPersonality() { return IfAllowed(personality(PER_LINUX)); }

// A shell in a folder that was deleted prints a complaint, which would be read
// as part of its output.
int GoToRoot() { return ErrnoOf(chdir("/")); }

// The second user can read the files that a trial creates; only their owner can
// write them.
int ResetUmask() {
  umask(022);
  return 0;
}

// The locale is fixed, because what programs print is compared. There is no
// home directory, because a shell would write its history there, and a trial
// must not leave a file. execvp(3) looks for programs in this PATH, too.
int ResetEnvironment() {
  static char path[sizeof("PATH=") + kUsualPath.size()] = "PATH=";
  kUsualPath.copy(path + strlen("PATH="), kUsualPath.size());
  static char locale[] = "LC_ALL=C";
  static char home[] = "HOME=/nonexistent";
  static char terminal[] = "TERM=dumb";
  static char* environment[] = {path, locale, home, terminal, nullptr};
  environ = environment;
  return 0;
}

// Uses the structure of the kernel itself, because glibc's sigaction() refuses
// signals 32 and 33, which it keeps for itself. These may be ignored all the
// same.
int ResetSignals() {
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    uint64_t mask;
  } default_action{};
  for (int signal = 1; signal <= 64; ++signal) {
    syscall(SYS_rt_sigaction, signal, &default_action, nullptr,
            sizeof(default_action.mask));
  }
  const uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
  return 0;
}

// Makes sure that no signal of the runner's terminal reaches the trial.
int LeaveSession() { return ErrnoOf(setsid()); }

// What a process prints by mistake must not get into the runner's output. The
// standard error stays: a sanitizer may print something there.
int SendOutputToNull() {
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.valid()) return errno;
  dup2(null.get(), STDIN_FILENO);
  dup2(null.get(), STDOUT_FILENO);
  return 0;
}

constexpr Row kRunner[] = {
    {"signal(SIGCHLD, SIG_DFL)", ResetSigchld},
    {"prctl(PR_SET_DUMPABLE)", SetDumpable},
    {"prctl(PR_SET_TIMERSLACK)", ResetTimerSlack},
    {"sched_setscheduler(SCHED_OTHER)", LeaveDeadlinePolicy},
    {"setrlimit()", RaiseSoftLimits},
    {"personality()", ResetReportedMachine},
};

constexpr Row kTrial[] = {
    // This is first, because it may make the process not dumpable (and clear
    // its parent-death signal, if it has one already).
    {"setresuid(0, 0, 0)", BecomeRootWithoutGroups},
    {"prctl(PR_SET_DUMPABLE)", SetDumpable},
    {"sched_setscheduler(SCHED_OTHER)", ResetPolicy},
    // Again: under a real-time policy it is 0, and cannot be set.
    {"prctl(PR_SET_TIMERSLACK)", ResetTimerSlack},
    {"setrlimit()", ResetSoftLimits},
    {"setrlimit(RLIMIT_CORE)", LeaveNoCore},
    {"personality(PER_LINUX)", ResetPersonality},
    {"umask(022)", ResetUmask},
    {"environ", ResetEnvironment},
    {"sigaction(SIG_DFL)", ResetSignals},
    {"setsid()", LeaveSession},
    {"open(/dev/null)", SendOutputToNull},
};

}  // namespace

void ResetRunner() {
  for (const Row& row : kRunner) (void)row.reset();
}

NotReset ResetTrial(bool stays_in_folder) {
  for (const Row& row : kTrial) {
    const int err = row.reset();
    if (err != 0) return {row.what, err};
  }
  const int err = stays_in_folder ? 0 : GoToRoot();
  return err == 0 ? NotReset{} : NotReset{"chdir(/)", err};
}

}  // namespace pidlab
