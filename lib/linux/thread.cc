#include "lib/linux/thread.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace pidlab::internal {
namespace {

struct Start {
  void (*run)(void*);
  void* argument;
};

int Begin(void* start) {
  const auto* given = static_cast<const Start*>(start);
  given->run(given->argument);
  // This is the system call itself, not a function of glibc: glibc does not
  // know this thread, and would end the whole process.
  syscall(SYS_exit, 0);
  return 0;
}

}  // namespace

int RunThread(void (*run)(void*), void* argument) {
  alignas(16) static char stack[64 << 10];
  static std::atomic<int> running;
  Start start{run, argument};
  running = 1;
  constexpr int kFlags = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS |
                         CLONE_FILES | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
  if (clone(Begin, stack + sizeof(stack), kFlags, &start, nullptr, nullptr,
            &running) < 0) {
    return errno;
  }
  // CLONE_CHILD_CLEARTID: the kernel writes 0 when the thread is gone, and
  // wakes whoever waits for it.
  while (running != 0) {
    syscall(SYS_futex, &running, FUTEX_WAIT, 1, nullptr, nullptr, 0);
  }
  return 0;
}

}  // namespace pidlab::internal
