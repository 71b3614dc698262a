// Runs many experiments, several at a time, in worker processes: each of them
// is a single-threaded runner. If a worker dies, only the experiment that it
// ran becomes an ERROR.

#ifndef PIDLAB_TOOL_COMMANDS_WORKER_POOL_H_
#define PIDLAB_TOOL_COMMANDS_WORKER_POOL_H_

#include <functional>
#include <vector>

#include "lib/trial/experiment.h"
#include "lib/trial/patience.h"

namespace pidlab {

struct WorkerOptions {
  int jobs = 1;
  std::chrono::milliseconds patience = UsualPatience();
  int interrupt_fd = -1;
};

// How the work ended. All workers are gone in any case.
struct WorkersEnd {
  bool interrupted;  // before all was done
  bool nobody_left;  // this process has no descendant any more
};

// Starts the experiments in the given order, and calls `done` in the order in
// which they end, with the index.
WorkersEnd RunInWorkers(const std::vector<const Experiment*>& tasks,
                        const WorkerOptions& options,
                        const std::function<void(size_t, Record)>& done);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_WORKER_POOL_H_
