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

// A row of the tables below. `reset` gives 0, or an errno if a trial without it
// would harm somebody or mean nothing.
struct Row {
  const char* what;
  int (*reset)();
};

int ErrnoOf(long result) { return result < 0 ? errno : 0; }

// Does what it can: to be refused this is no reason to try nothing.
int IfAllowed(long) { return 0; }

// wait(2): the children of a process that ignores SIGCHLD leave no status, and
// their end is not told.
int ExpectChildren() {
  signal(SIGCHLD, SIG_DFL);
  return 0;
}

// What a program that its user may execute and not read is, or one that has
// changed its uid (prctl(2)). Its files in /proc belong to root, so that it
// could not write its own uid_map. A new process inherits it.
int BeDumpable() { return IfAllowed(prctl(PR_SET_DUMPABLE, 1)); }

// How much later than asked a timeout may end (prctl(2)). It may be minutes.
int BePunctual() {
  constexpr unsigned long kUsualSlack = 50'000;  // ns
  return IfAllowed(prctl(PR_SET_TIMERSLACK, kUsualSlack));
}

void SetPolicyToOther() {
  sched_param none{};
  // Whether its children begin anew is not for an ordinary user to change.
  const int flag = sched_getscheduler(0) & SCHED_RESET_ON_FORK;
  sched_setscheduler(0, SCHED_OTHER | flag, &none);
}

int Policy() { return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }

// sched(7): whoever has a deadline cannot fork.
int HaveNoDeadline() {
  if (Policy() == SCHED_DEADLINE) SetPolicyToOther();
  return 0;
}

// A process of an experiment may spin, and must not starve the machine. To run
// when nothing else does (SCHED_IDLE) is the user's wish.
int HaveUsualPolicy() {
  if (Policy() != SCHED_OTHER && Policy() != SCHED_IDLE) SetPolicyToOther();
  return 0;
}

// A soft limit may be raised up to the hard one by anybody (getrlimit(2)).
void SetSoftLimit(__rlimit_resource resource, rlim_t usual) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = std::min(usual, limit.rlim_max);
  setrlimit(resource, &limit);
}

// For its descriptors, the records in memory files, its processes, its stack.
int HaveRoom() {
  for (const auto resource :
       {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_DATA, RLIMIT_AS}) {
    SetSoftLimit(resource, RLIM_INFINITY);
  }
  SetSoftLimit(RLIMIT_STACK, rlim_t{8} << 20);
  return 0;
}

// As the kernel has them for the first process, where they are lower than the
// hard ones: shells make tables of as many descriptors as they may have, and an
// unlimited stack changes the layout of a program's memory.
int HaveUsualLimits() {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    SetSoftLimit(static_cast<__rlimit_resource>(resource), RLIM_INFINITY);
  }
  SetSoftLimit(RLIMIT_NOFILE, 1024);
  SetSoftLimit(RLIMIT_STACK, rlim_t{8} << 20);
  return 0;
}

// Experiments crash on purpose, and a trial leaves no file. A limit of 0 stops
// no core_pattern that is a pipe, one of 1 does: fs/coredump.c.
int LeaveNoCore() {
  rlimit core{};
  if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max > 1) core = {1, 1};
  return ErrnoOf(setrlimit(RLIMIT_CORE, &core));
}

// A set-user-ID program that started pidlab leaves another real uid, and a
// service its groups. As system calls: see BecomeSecondUser().
int BeRootAlone() {
  IfAllowed(syscall(SYS_setgroups, 0, nullptr));
  IfAllowed(syscall(SYS_setresgid, 0, 0, 0));
  IfAllowed(syscall(SYS_setresuid, 0, 0, 0));
  // SECBIT_NO_SETUID_FIXUP: whoever becomes another user keeps all he may do.
  return IfAllowed(prctl(PR_SET_SECUREBITS, 0));
}

// setarch(8): what uname(2) says of the machine and of the kernel.
int HearTheTruth() {
  constexpr unsigned long kAsk = 0xffffffff;
  const auto now = static_cast<unsigned long>(personality(kAsk));
  constexpr unsigned long kLies = UNAME26 | unsigned{PER_MASK};
  return IfAllowed(personality(now & ~kLies));
}

// The rest, too: it is for the layout of the memory of programs.
int BeOrdinary() { return IfAllowed(personality(PER_LINUX)); }

// A shell in a folder that is deleted complains to whoever reads its output.
int GoToRoot() { return ErrnoOf(chdir("/")); }

// What it makes can be read by the second user, and written by nobody else.
int MakeUsualFiles() {
  umask(022);
  return 0;
}

// The locale is fixed: what programs print is compared. There is no home: a
// shell writes its history there, and a trial leaves no file. execvp(3) looks
// for programs in this PATH, too.
int HaveUsualEnvironment() {
  static char path[sizeof("PATH=") + kUsualPath.size()] = "PATH=";
  kUsualPath.copy(path + strlen("PATH="), kUsualPath.size());
  static char locale[] = "LC_ALL=C";
  static char home[] = "HOME=/nonexistent";
  static char terminal[] = "TERM=dumb";
  static char* environment[] = {path, locale, home, terminal, nullptr};
  environ = environment;
  return 0;
}

// The kernel's own structure: glibc's sigaction() refuses signals 32 and 33,
// which it keeps for itself, and which may be ignored all the same.
int ForgetSignals() {
  struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    uint64_t mask;
  } deflt{};
  for (int signal = 1; signal <= 64; ++signal) {
    syscall(SYS_rt_sigaction, signal, &deflt, nullptr, sizeof(deflt.mask));
  }
  const uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
  return 0;
}

// So that no signal of the runner's terminal reaches it.
int LeaveSession() { return ErrnoOf(setsid()); }

// What a process prints by mistake must not get into the runner's output. The
// standard error stays: a sanitizer may have something to say.
int BeSilent() {
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.valid()) return errno;
  dup2(null.get(), STDIN_FILENO);
  dup2(null.get(), STDOUT_FILENO);
  return 0;
}

constexpr Row kRunner[] = {
    {"signal(SIGCHLD, SIG_DFL)", ExpectChildren},
    {"prctl(PR_SET_DUMPABLE)", BeDumpable},
    {"prctl(PR_SET_TIMERSLACK)", BePunctual},
    {"sched_setscheduler(SCHED_OTHER)", HaveNoDeadline},
    {"setrlimit()", HaveRoom},
    {"personality()", HearTheTruth},
};

constexpr Row kTrial[] = {
    // First, since it may take away that the process is dumpable (and its
    // parent-death signal, if it has one already).
    {"setresuid(0, 0, 0)", BeRootAlone},
    {"prctl(PR_SET_DUMPABLE)", BeDumpable},
    {"prctl(PR_SET_TIMERSLACK)", BePunctual},
    {"sched_setscheduler(SCHED_OTHER)", HaveUsualPolicy},
    {"setrlimit()", HaveUsualLimits},
    {"setrlimit(RLIMIT_CORE)", LeaveNoCore},
    {"personality(PER_LINUX)", BeOrdinary},
    {"umask(022)", MakeUsualFiles},
    {"environ", HaveUsualEnvironment},
    {"sigaction(SIG_DFL)", ForgetSignals},
    {"setsid()", LeaveSession},
    {"open(/dev/null)", BeSilent},
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
