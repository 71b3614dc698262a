// A Need is something without which an experiment cannot be tried. It is
// probed, never guessed; what is missing makes a SKIP that says what to do.

#ifndef PIDLAB_LIB_TRIAL_NEED_H_
#define PIDLAB_LIB_TRIAL_NEED_H_

#include <functional>
#include <optional>
#include <string>

#include "lib/trial/chamber.h"
#include "lib/trial/record.h"

namespace pidlab {

struct Need {
  std::string what;  // for `pidlab list`: "bash", "a fresh /proc"
  // Nothing if it is there.
  std::function<std::optional<Skip>(const Chamber& chamber)> probe;
};

// A program that is found in the PATH of the trial, and the package that has
// it.
Need Tool(const std::string& program, const std::string& package);

// This machine, as uname -m has it: for what needs assembly.
Need Architecture(const std::string& machine);

// A proc mount of the chamber's own; in a container it may be forbidden.
Need FreshProc();

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_NEED_H_
