// What there is to say of a run that did not pass: for a violated claim, what
// was expected and observed; for a skip, what is missing and what helps.

#ifndef PIDLAB_LIB_REPORT_DETAILS_H_
#define PIDLAB_LIB_REPORT_DETAILS_H_

#include <string>

#include "lib/trial/experiment.h"

namespace pidlab {

// Lines, each with its end; "" for a PASS.
std::string Details(const Record& record, const Experiment& experiment);

}  // namespace pidlab

#endif  // PIDLAB_LIB_REPORT_DETAILS_H_
