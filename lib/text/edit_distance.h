// How much two words differ, for "Did you mean ...?".

#ifndef PIDLAB_LIB_TEXT_EDIT_DISTANCE_H_
#define PIDLAB_LIB_TEXT_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace pidlab {

// How many letters have to be added, taken away or changed (Levenshtein).
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_EDIT_DISTANCE_H_
