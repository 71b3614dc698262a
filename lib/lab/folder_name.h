// The name of an experiment's folder shows whether it is a lab: the folder of a
// lab has a number.

#ifndef PIDLAB_LIB_LAB_FOLDER_NAME_H_
#define PIDLAB_LIB_LAB_FOLDER_NAME_H_

#include <string>

namespace pidlab {

// The number in "labs/09_orphan_adoption", as it is written: "09". "" for an
// experiment that is not a lab.
std::string LabNumber(const std::string& folder);

// The name without the path and the number: "orphan_adoption".
std::string LabSlug(const std::string& folder);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_FOLDER_NAME_H_
