// The processes of a chamber, as they are at this moment.

#ifndef PIDLAB_LIB_TRIAL_SNAPSHOT_H_
#define PIDLAB_LIB_TRIAL_SNAPSHOT_H_

#include <vector>

#include "lib/trial/chamber.h"
#include "lib/trial/record.h"

namespace pidlab {

// The processes that have not been reaped, in the order in which they were
// created. The warden, and processes that run one command, are left out. States
// and parents are read from the runner's /proc (proc(5), /proc/PID/status). The
// snapshot is of one moment: a process that ends a little later is still in it.
std::vector<SeenProcess> TakeSnapshot(const Chamber& chamber);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_SNAPSHOT_H_
