// Whether the machine has run out of what every experiment takes for granted:
// processes, descriptors, queued signals. This is checked when something went
// wrong, because the reason may be a limit, and not the rule that was tested.
// What only some experiments need is a Need, which is checked before.

#ifndef PIDLAB_LIB_TRIAL_EXHAUSTION_H_
#define PIDLAB_LIB_TRIAL_EXHAUSTION_H_

#include <optional>

#include "lib/trial/chamber.h"
#include "lib/trial/record.h"

namespace pidlab {

// Whether a call with this errno failed because something has run out.
bool IsExhausted(int err);

// What has run out in the chamber; the warden tries it. Nothing if there is
// enough, or if the warden cannot be asked any more.
std::optional<Skip> FindExhaustion(Chamber& chamber);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_EXHAUSTION_H_
