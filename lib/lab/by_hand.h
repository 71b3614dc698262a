// What a reader may type in another terminal while the processes of a step
// wait: the variables that hold their PIDs, and the handout's commands.

#ifndef PIDLAB_LIB_LAB_BY_HAND_H_
#define PIDLAB_LIB_LAB_BY_HAND_H_

#include <string>
#include <vector>

#include "lib/lab/handout.h"
#include "lib/trial/record.h"

namespace pidlab {

struct ByHand {
  std::string variables;  // "host=15360 init=15361", as a shell takes it
  std::vector<TypedCommand> commands;
};

// For the step of this number in the handout; no commands if it has none. The
// variables are those of all processes that are there, zombies included.
ByHand ByHandAt(const Handout& handout, int step,
                const std::vector<SeenProcess>& processes);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_BY_HAND_H_
