// Whether the machine has run out of what every experiment takes for granted:
// processes, descriptors, queued signals. It is asked when something went
// wrong, for then a limit may have answered, and not the rule that was tried.
// What only some experiments need is a Need, which is asked before.

#ifndef PIDLAB_LIB_TRIAL_EXHAUSTION_H_
#define PIDLAB_LIB_TRIAL_EXHAUSTION_H_

#include <optional>

#include "lib/trial/chamber.h"
#include "lib/trial/record.h"

namespace pidlab {

// Whether a call failed because there is no more of something to be had.
bool IsExhausted(int err);

// What there is too little of in the chamber, whose warden tries it; nothing if
// there is enough, or nobody can be asked any more.
std::optional<Skip> FindExhaustion(Chamber& chamber);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_EXHAUSTION_H_
