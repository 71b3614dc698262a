// Which step of its lab a step is. A lab may have several experiments, and its
// handout counts the steps through all of them: a step has the number of its
// title there, whether the experiments before it have run or not.

#ifndef PIDLAB_LIB_LAB_STEPS_H_
#define PIDLAB_LIB_LAB_STEPS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lib/trial/record.h"

namespace pidlab {

// The titles of a lab's steps, as its English handout has them; none for a
// folder without handouts.
const std::vector<std::string>& StepTitles(const std::string& folder);

// From 1; nothing if the handout does not have the title.
std::optional<int> NumberOfTitle(const std::string& folder,
                                 const std::string& title);

// The number of a record's step. One whose title the handout does not have
// follows the one before.
int StepNumber(const Record& record, size_t index);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_STEPS_H_
