// What PID 1 can do to itself: its own fault kills it, its own signals do not.
//
// An answer to ON() proves that a process lives: a fatal signal would have
// taken effect before it could give one.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "lib/linux/deadline.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// Does what writing to a null pointer would do, without the undefined behavior.
Sys<int> TouchForbiddenMemory() {
  void* const page =
      mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return Sys<int>::Failed(errno);
  *static_cast<volatile char*>(page) = 1;
  return {0};
}

// Reads from the mapping of an empty file, which has an address, but no memory.
Sys<int> TouchMissingMemory() {
  const Fd file(memfd_create("empty", MFD_CLOEXEC));
  void* const page = mmap(nullptr, 1, PROT_READ, MAP_SHARED, file.get(), 0);
  if (page == MAP_FAILED) return Sys<int>::Failed(errno);
  return {*static_cast<volatile char*>(page)};
}

EXPERIMENT(
    ItsOwnFaultKillsPidOne,
    .claim =
        "A fault of PID 1 itself kills it, whatever it has done about the "
        "signal; the same signal by kill() is discarded.",
    .verifies = {"D-36"},
    .sources = {"signal(7), Standard signals",
                "kernel/signal.c force_sig_info_to_task()"}) {
  const Process host = trial.Host();

  trial.Step("Let two processes send SEGV to themselves");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process ordinary = host.Clone("ordinary");
  trial.Expect(ON(init, kill(getpid(), SIGSEGV)), Eq(0));
  trial.Expect(ON(init, getpid()), Eq(1));
  ON(ordinary, kill(getpid(), SIGSEGV)).Start();
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGSEGV)));

  trial.Step("Let init touch memory that it may not touch");
  ON(init, TouchForbiddenMemory()).Start();
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGSEGV)));

  trial.Step("Let one that ignores SEGV and one that blocks it do so");
  const Process ignoring = host.Clone("ignoring-init", CLONE_NEWPID);
  trial.Expect(ON(ignoring, getpid()), Eq(1));
  trial.Must(ON(ignoring, Ignore(SIGSEGV)));
  trial.Expect(ON(ignoring, OwnStatus().Get(&ProcessStatus::ignored)),
               Eq(SignalSet::Of(SIGSEGV)));
  ON(ignoring, TouchForbiddenMemory()).Start();
  trial.Expect(host.Reap(ignoring), Eq(KilledBy(SIGSEGV)));
  const Process blocking = host.Clone("blocking-init", CLONE_NEWPID);
  trial.Expect(ON(blocking, getpid()), Eq(1));
  trial.Must(ON(blocking, Block(SIGSEGV)));
  trial.Expect(ON(blocking, OwnStatus().Get(&ProcessStatus::blocked)),
               Eq(SignalSet::Of(SIGSEGV)));
  ON(blocking, TouchForbiddenMemory()).Start();
  trial.Expect(host.Reap(blocking), Eq(KilledBy(SIGSEGV)));

  trial.Step("Let another touch memory that is not there");
  const Process reader = host.Clone("reading-init", CLONE_NEWPID);
  trial.Expect(ON(reader, getpid()), Eq(1));
  ON(reader, TouchMissingMemory()).Start();
  trial.Expect(host.Reap(reader), Eq(KilledBy(SIGBUS)));
}

// Like alarm(2), but for a microsecond; returns when the timer has expired. A
// process on which the signal has no effect cannot wait for it, so this looks
// again and again.
int OutliveAlarm() {
  itimerval alarm{};
  alarm.it_value.tv_usec = 1;
  if (setitimer(ITIMER_REAL, &alarm, nullptr) != 0) return -1;
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  do {
    if (deadline.Passed()) {
      errno = ETIMEDOUT;
      return -1;
    }
    sched_yield();
    getitimer(ITIMER_REAL, &alarm);
  } while (alarm.it_value.tv_usec != 0);
  return 0;
}

ssize_t WriteToNobody() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  const Fd end(ends[1]);
  close(ends[0]);
  return write(end.get(), "x", 1);
}

EXPERIMENT(NeitherAlarmNorBrokenPipeEndsPidOne,
           .claim =
               "ALRM and PIPE, which the kernel sends to PID 1 on its own "
               "account, are discarded: write(2) fails with EPIPE.",
           .verifies = {"D-38"},
           .sources = {"alarm(2)", "write(2), EPIPE",
                       "kernel/signal.c sig_task_ignored()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Let init set an alarm, and outlive it");
  trial.Expect(ON(init, OutliveAlarm()), Eq(0));

  trial.Step("Let init write to a pipe that nobody reads");
  trial.Expect(ON(init, WriteToNobody()), Fails{EPIPE});
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let processes that are not PID 1 do both");
  const Process sleeper = host.Clone("sleeper");
  ON(sleeper, OutliveAlarm()).Start();
  trial.Expect(host.Reap(sleeper), Eq(KilledBy(SIGALRM)));
  const Process writer = host.Clone("writer");
  ON(writer, WriteToNobody()).Start();
  trial.Expect(host.Reap(writer), Eq(KilledBy(SIGPIPE)));
}

// Uses CPU time until the kernel notices the limit, 0 seconds, at the next tick
// of the clock (since Linux 5.4; before, 0 meant 1). When the kernel has sent
// XCPU, it raises the soft limit by a second: this waits for that, and returns
// it.
Sys<rlim_t> UseCpuTimeUp(const rlimit& none) {
  if (setrlimit(RLIMIT_CPU, &none) != 0) return Sys<rlim_t>::Failed(errno);
  rlimit limit = none;
  const Deadline deadline = Deadline::In(std::chrono::seconds(5));
  while (limit.rlim_cur == 0 && !deadline.Passed()) {
    getrlimit(RLIMIT_CPU, &limit);
  }
  return {limit.rlim_cur};
}

Sys<rlim_t> ReachSoftLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = 0;
  return UseCpuTimeUp(limit);
}

Sys<rlim_t> ReachHardLimit() { return UseCpuTimeUp({0, 0}); }

EXPERIMENT(TheKernelsOwnKillReachesPidOne,
           .claim =
               "At its hard limit of CPU time PID 1 is killed; the XCPU of the "
               "soft limit is discarded.",
           .verifies = {"D-39"},
           .sources = {"getrlimit(2), RLIMIT_CPU",
                       "kernel/time/posix-cpu-timers.c check_rlimit()"}) {
  const Process host = trial.Host();

  trial.Step("Let a process that is not PID 1 reach its soft limit");
  const Process ordinary = host.Clone("ordinary");
  ON(ordinary, ReachSoftLimit()).Start();
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGXCPU)));

  trial.Step("Let init reach it");
  const Process init = host.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(init, ReachSoftLimit()), Eq(rlim_t{1}));
  trial.Expect(ON(init, getpid()), Eq(1));

  trial.Step("Let init reach its hard limit");
  ON(init, ReachHardLimit()).Start();
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
}

// An instruction that only the kernel may execute.
void Halt() {
#if defined(__x86_64__)
  asm volatile("hlt");
#endif
}

EXPERIMENT(AbortEndsPidOneBySegv,
           .claim =
               "abort() in PID 1 ends it by SIGSEGV, not by SIGABRT, with "
               "glibc on x86-64.",
           .verifies = {"D-37"},
           .sources = {"abort(3)", "glibc 2.36, stdlib/abort.c"},
           .needs = {Architecture("x86_64")}) {
  const Process host = trial.Host();

  trial.Step("Let a process that is not PID 1 abort");
  const Process ordinary = host.Clone("ordinary");
  ON(ordinary, abort()).Start();
  trial.Expect(host.Reap(ordinary), Eq(KilledBy(SIGABRT)));

  trial.Step("Let init abort");
  const Process init = host.Clone("init", CLONE_NEWPID);
  ON(init, abort()).Start();
  trial.Expect(host.Reap(init), Eq(KilledBy(SIGSEGV)));

  trial.Step("Let another init do only the last thing that abort does");
  const Process halting = host.Clone("halting-init", CLONE_NEWPID);
  trial.Expect(ON(halting, getpid()), Eq(1));
  ON(halting, Halt()).Start();
  trial.Expect(host.Reap(halting), Eq(KilledBy(SIGSEGV)));
}

}  // namespace
}  // namespace pidlab
