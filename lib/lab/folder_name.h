// The folder of an experiment tells by its name whether it is a lab: those that
// are taught have a number.

#ifndef PIDLAB_LIB_LAB_FOLDER_NAME_H_
#define PIDLAB_LIB_LAB_FOLDER_NAME_H_

#include <string>

namespace pidlab {

// The number of "labs/09_orphan_adoption", as it is written: "09". "" for an
// experiment that is no lab.
std::string LabNumber(const std::string& folder);

// Without the path and the number: "orphan_adoption".
std::string LabSlug(const std::string& folder);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_FOLDER_NAME_H_
