// Error is how a command fails: what is wrong, what to do about it, and the
// exit code that tells it to a script. main() prints the message and exits with
// the code. Inside a trial there is Abandoned instead (lib/trial/abandon.h),
// which becomes a verdict and never gets so far.

#ifndef PIDLAB_LIB_HOST_ERROR_H_
#define PIDLAB_LIB_HOST_ERROR_H_

#include <string>
#include <utility>

#include "lib/host/error.h"
#include "lib/host/exit_code.h"

namespace pidlab {

struct Error {
  ExitCode exit_code;
  std::string message;
};

// The user has ended it, by ^C or the like. There is nothing to say.
struct Interrupted : Error {
  Interrupted() : Error{kInterrupted, ""} {}
};

// The user has asked for what makes no sense, or is not there.
[[noreturn]] inline void FailAsUsage(std::string message) {
  throw Error{kUsage, std::move(message)};
}

// It could not be carried out.
[[noreturn]] inline void FailAsHarness(std::string message) {
  throw Error{kHarnessFailed, std::move(message)};
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_ERROR_H_
