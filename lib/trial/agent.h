// The child side: all code that runs in a driven process between clone() and
// _exit() or exec. It does what it is asked, one thing at a time; it never
// judges, allocates, locks, throws or decides.

#ifndef PIDLAB_LIB_TRIAL_AGENT_H_
#define PIDLAB_LIB_TRIAL_AGENT_H_

namespace pidlab {

// For a process that has just been cloned from the runner: keeps the standard
// descriptors and `control`, its end of the wire, closes all others, and serves
// requests. It changes nothing else that it has from the runner.
[[noreturn]] void BecomeAgent(int control);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_AGENT_H_
