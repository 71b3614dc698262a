// The processes of a chamber, as they are at this moment.

#ifndef PIDLAB_LIB_TRIAL_SNAPSHOT_H_
#define PIDLAB_LIB_TRIAL_SNAPSHOT_H_

#include <vector>

#include "lib/trial/chamber.h"
#include "lib/trial/record.h"

namespace pidlab {

// Those that have not been reaped, in the order of their births; not the
// warden, nor a process that runs one command. Their states and parents are
// read from the runner's /proc (proc(5), /proc/PID/status). It looks, it does
// not watch: a process that ends a moment later is still in it.
std::vector<SeenProcess> TakeSnapshot(const Chamber& chamber);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_SNAPSHOT_H_
