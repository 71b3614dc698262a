// An Error ends a command of pidlab. It has a message, which says what is wrong
// and what to do about it, and an exit code for scripts. main() prints the
// message and exits with the code. A trial throws Abandoned instead
// (lib/trial/abandon.h), which becomes a verdict and never reaches main().

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

// The user has ended the command, by ^C or a similar signal. There is no
// message.
struct Interrupted : Error {
  Interrupted() : Error{kInterrupted, ""} {}
};

// The user has asked for something that makes no sense or does not exist.
[[noreturn]] inline void FailAsUsage(std::string message) {
  throw Error{kUsage, std::move(message)};
}

// The command could not be carried out.
[[noreturn]] inline void FailAsHarness(std::string message) {
  throw Error{kHarnessFailed, std::move(message)};
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_ERROR_H_
