// Finds the number of a step in its lab. A lab may have several experiments,
// and its handout numbers the steps of all of them together. A step has the
// number that its title has there, whether the experiments before it have run
// or not.

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

// The number of the step with this title, from 1. Nothing if the handout does
// not have the title.
std::optional<int> NumberOfTitle(const std::string& folder,
                                 const std::string& title);

// The number of a step in a record. If the handout does not have its title, its
// number is one more than that of the step before.
int StepNumber(const Record& record, size_t index);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_STEPS_H_
