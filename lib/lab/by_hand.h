// What a reader can type in another terminal while the processes of a step
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

// What can be typed at the step of this number in the handout. There are no
// commands if the step has none. Each process that exists has a variable,
// zombies included.
ByHand ByHandAt(const Handout& handout, int step,
                const std::vector<SeenProcess>& processes);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_BY_HAND_H_
