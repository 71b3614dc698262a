#include "benchmarks/groups/bare_child.h"

#include <linux/sched.h>  // clone_args; after <sched.h>, which has the flags
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>

#ifndef __x86_64__
#error "The child is written in the assembly of x86-64."
#endif

namespace pidlab {
namespace {

Sys<pid_t> FromKernel(int64_t result) {
  return result < 0 ? Sys<pid_t>::Failed(static_cast<int>(-result))
                    : Sys<pid_t>{static_cast<pid_t>(result)};
}

// A system call that returns 0 in the child, which does `before` and exits with
// 0. With CLONE_VM the child runs on the caller's stack, so it must not return
// from any function.
#define PIDLAB_CHILD_EXITS_AFTER(before) \
  "syscall\n\t"                          \
  "test %%rax, %%rax\n\t"                \
  "jnz 1f\n\t" before                    \
  "xor %%edi, %%edi\n\t"                 \
  "mov %[exit], %%eax\n\t"               \
  "syscall\n"                            \
  "1:"
#define PIDLAB_CHILD_EXITS PIDLAB_CHILD_EXITS_AFTER("")

// lseek(stamp, rdtsc, SEEK_SET)
#define PIDLAB_LEAVE_STAMP        \
  "rdtsc\n\t"                     \
  "shl $32, %%rdx\n\t"            \
  "lea (%%rdx, %%rax), %%rsi\n\t" \
  "mov %[stamp], %%rdi\n\t"       \
  "xor %%edx, %%edx\n\t"          \
  "mov %[lseek], %%eax\n\t"       \
  "syscall\n\t"

}  // namespace

Sys<pid_t> BareChild(uint64_t flags) {
  clone_args args{};
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  int64_t result = SYS_clone3;
  asm volatile(PIDLAB_CHILD_EXITS
               : "+a"(result)
               : "D"(&args), "S"(sizeof(args)), [exit] "i"(SYS_exit)
               : "rcx", "r11", "memory");
  return FromKernel(result);
}

Sys<pid_t> BareChildWithStamp(uint64_t flags, int stamp_fd) {
  clone_args args{};
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  int64_t result = SYS_clone3;
  asm volatile(PIDLAB_CHILD_EXITS_AFTER(PIDLAB_LEAVE_STAMP)
               : "+a"(result)
               : "D"(&args), "S"(sizeof(args)), [stamp] "r"(int64_t{stamp_fd}),
                 [exit] "i"(SYS_exit), [lseek] "i"(SYS_lseek)
               : "rcx", "rdx", "r11", "memory");
  return FromKernel(result);
}

Sys<pid_t> BareChildByClone(uint64_t flags) {
  int64_t result = SYS_clone;
  asm volatile(
      "xor %%r10d, %%r10d\n\t"
      "xor %%r8d, %%r8d\n\t" PIDLAB_CHILD_EXITS
      : "+a"(result)
      : "D"(flags | SIGCHLD), "S"(0), "d"(0), [exit] "i"(SYS_exit)
      : "rcx", "r11", "r10", "r8", "memory");
  return FromKernel(result);
}

Sys<int> Reap(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, __WALL) != pid) return Sys<int>::Failed(errno);
  return status == 0 ? Sys<int>{} : Sys<int>::Failed(ECHILD);
}

Sys<int> CreateAndReap(uint64_t flags) {
  const Sys<pid_t> child = BareChild(flags);
  return child.ok() ? Reap(child.value) : Sys<int>::Failed(child.err);
}

}  // namespace pidlab
