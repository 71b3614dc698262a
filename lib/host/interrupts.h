// ^C and similar signals as a descriptor: code that waits for something else
// waits for this as well, so that no signal handler runs anywhere.

#ifndef PIDLAB_LIB_HOST_INTERRUPTS_H_
#define PIDLAB_LIB_HOST_INTERRUPTS_H_

#include "lib/linux/fd.h"

namespace pidlab {

class Interrupts {
 public:
  // From now on SIGINT, SIGTERM and SIGHUP are held back, and make fd()
  // readable, but not those that are ignored (nohup). SIGPIPE is ignored:
  // writing tells.
  Interrupts();

  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_INTERRUPTS_H_
