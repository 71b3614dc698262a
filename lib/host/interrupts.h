// Makes ^C and similar signals readable from a descriptor. Code that waits for
// something else waits for this as well, so that no signal handler runs
// anywhere.

#ifndef PIDLAB_LIB_HOST_INTERRUPTS_H_
#define PIDLAB_LIB_HOST_INTERRUPTS_H_

#include "lib/linux/fd.h"

namespace pidlab {

class Interrupts {
 public:
  // From now on SIGINT, SIGTERM and SIGHUP are blocked and make fd() readable.
  // Those that were ignored (nohup) stay ignored. SIGPIPE is ignored: write(2)
  // fails with EPIPE instead.
  Interrupts();

  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_INTERRUPTS_H_
