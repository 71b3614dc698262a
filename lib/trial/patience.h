// How long to wait for something that comes at once unless there is a hang.

#ifndef PIDLAB_LIB_TRIAL_PATIENCE_H_
#define PIDLAB_LIB_TRIAL_PATIENCE_H_

#include <chrono>

namespace pidlab {

// For one answer, or the end of one process: ten seconds, or ten times as long
// where software emulates the processor.
std::chrono::milliseconds UsualPatience();

// The same, multiplied by `scale`: the option --timeout-scale.
std::chrono::milliseconds ScaledPatience(double scale);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_PATIENCE_H_
