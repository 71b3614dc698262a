#include "benchmarks/groups/paused_child.h"

#include <sched.h>

// clone_args; after <sched.h>, which has the flags
#include <linux/sched.h>
#include <sys/syscall.h>

#include <atomic>
#include <csignal>

#include "lib/linux/ending.h"

#ifndef __x86_64__
#error "The child is written in the assembly of x86-64."
#endif

namespace pidlab {
namespace {

clone_args PausedArgs(uint64_t flags) {
  clone_args args{};
  args.flags = flags | CLONE_VM;
  args.exit_signal = SIGCHLD;
  return args;
}

// What the children report, in the caller's memory.
struct Report {
  std::atomic<int> paused = 0;
  std::atomic<int> error = 0;  // of clone3, negative
};

// Makes a child that makes `members` children, and pauses like them. It runs on
// the caller's stack, so it uses no stack and never returns. It yields to each
// of its children, which are on its CPU: thousands that are all ready to run
// would be visible in the load of the machine for minutes.
Sys<pid_t> MakeChildWithMembers(const clone_args& first,
                                const clone_args& member, int64_t members,
                                Report& report) {
  int64_t result = SYS_clone3;
  const clone_args* args = &first;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 4f\n"
      "1:\n\t"  // the child, which makes the others
      "test %[members], %[members]\n\t"
      "jz 2f\n\t"
      "mov %[clone3], %%eax\n\t"
      "mov %[member], %%rdi\n\t"
      "syscall\n\t"
      "dec %[members]\n\t"
      "test %%rax, %%rax\n\t"
      "jz 2f\n\t"
      "js 5f\n\t"
      "mov %[yield], %%eax\n\t"
      "syscall\n\t"
      "jmp 1b\n"
      "5:\n\t"
      "mov %%eax, %[error]\n"
      "2:\n\t"
      "lock incl %[paused]\n"
      "3:\n\t"
      "mov %[pause], %%eax\n\t"
      "syscall\n\t"
      "jmp 3b\n"
      "4:"
      : "+&a"(result), "+&D"(args), [members] "+&r"(members),
        [paused] "+m"(report.paused), [error] "+m"(report.error)
      : "S"(sizeof(first)), [member] "r"(&member), [clone3] "i"(SYS_clone3),
        [yield] "i"(SYS_sched_yield), [pause] "i"(SYS_pause)
      : "rcx", "r11", "memory");
  return result < 0 ? Sys<pid_t>::Failed(static_cast<int>(-result))
                    : Sys<pid_t>{static_cast<pid_t>(result)};
}

// Yields to the children, for the same reason. Returns an errno.
int AwaitPaused(const Report& report, int count) {
  while (report.paused < count && report.error == 0) sched_yield();
  return -report.error;
}

}  // namespace

Sys<int> MakePaused(uint64_t flags, std::span<pid_t> pids) {
  const clone_args args = PausedArgs(flags);
  Report report;
  for (size_t i = 0; i < pids.size(); ++i) {
    const Sys<pid_t> child = MakeChildWithMembers(args, args, 0, report);
    if (!child.ok()) return Sys<int>::Failed(child.err);
    pids[i] = child.value;
    AwaitPaused(report, static_cast<int>(i) + 1);
  }
  return {};
}

Sys<pid_t> MakePausedNamespace(int processes) {
  const clone_args init = PausedArgs(CLONE_NEWPID);
  const clone_args member = PausedArgs(0);
  Report report;
  const Sys<pid_t> pid =
      MakeChildWithMembers(init, member, processes - 1, report);
  if (!pid.ok()) return pid;
  const int err = AwaitPaused(report, processes);
  if (err == 0) return pid;
  // They must not outlive `report`, which is in their memory.
  kill(pid.value, SIGKILL);
  (void)WaitFor(pid.value);
  return Sys<pid_t>::Failed(err);
}

}  // namespace pidlab
