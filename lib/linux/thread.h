// May be called inside ON(). A second thread of a process that glibc may not
// know: a process that was created by a raw clone3(2) cannot use
// pthread_create(3).

#ifndef PIDLAB_LIB_LINUX_THREAD_H_
#define PIDLAB_LIB_LINUX_THREAD_H_

#include "lib/linux/sys.h"

namespace pidlab {

namespace internal {
// Returns the error of clone(2), or 0 when the thread has run and is gone.
int RunThread(void (*run)(void*), void* argument);
}  // namespace internal

// Runs `run` in a second thread of the calling process (clone(2) with
// CLONE_THREAD), and waits until that thread has ended. EINVAL if the caller is
// not allowed to have more threads. What `run` returns must be trivially
// copyable.
//
// Both threads share one errno: the first is blocked in futex(2) meanwhile. The
// thread has a stack of 64 KiB, and there can be only one at a time. The result
// is a Sys<T>, whether `run` returns a T or a Sys<T>.
template <typename Run>
auto InSecondThread(Run run) {
  using Result = decltype(run());
  struct Task {
    Run run;
    Result result;
  } task{run, {}};
  const int err = internal::RunThread(
      [](void* argument) {
        auto* given = static_cast<Task*>(argument);
        given->result = given->run();
      },
      &task);
  if constexpr (requires { Result::Failed(err); }) {
    return err == 0 ? task.result : Result::Failed(err);
  } else {
    return Sys<Result>{task.result, err};
  }
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_THREAD_H_
