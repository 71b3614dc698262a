// The surroundings are what a process inherits from whoever started pidlab: a
// working directory that may be deleted, low limits, ignored signals, another
// personality. All of it that could change what an experiment observes is reset
// here, once, as far as the kernel allows. No other code resets any of it.
//
// Some things stay. A hard limit, no_new_privs and a seccomp filter cannot be
// undone. The nice value, the CPUs, SCHED_IDLE and the priorities of I/O and of
// the OOM killer are the user's wish, and change only how long a trial takes.

#ifndef PIDLAB_LIB_TRIAL_SURROUNDINGS_H_
#define PIDLAB_LIB_TRIAL_SURROUNDINGS_H_

namespace pidlab {

// For the runner, as soon as it starts: without these resets it could not
// create a chamber, or could not see what happens in it. What is the user's own
// (working directory, umask, environment, signals that end it) stays.
void ResetRunner();

// What could not be reset, as a system call, and its errno.
struct NotReset {
  const char* what = nullptr;  // a string literal; null: nothing
  int err = 0;
};

// For the warden, which must be root of the chamber already, so that all
// processes of the trial inherit the same. It allocates nothing. With
// `stays_in_folder` the working directory is the runner's.
NotReset ResetTrial(bool stays_in_folder);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_SURROUNDINGS_H_
