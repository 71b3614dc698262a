// Program is a process that has executed another program (for example bash as
// PID 1). It cannot be asked any more, so it is written to, read from, and
// watched. The chamber knows whether it is still a member of a trial.

#ifndef PIDLAB_LIB_TRIAL_PROGRAM_H_
#define PIDLAB_LIB_TRIAL_PROGRAM_H_

#include <string>
#include <string_view>

#include "lib/trial/process.h"

namespace pidlab {

class Program {
 public:
  explicit Program(const Process& process) : process_(process) {}

  const Process& process() const { return process_; }

  // Writes this to its input.
  void Write(std::string_view text);

  // Types a line into a shell, and returns what the shell prints for it,
  // without the last newline. A shell that answers is alive, and runs.
  Observation<std::string> Type(const std::string& line);

  // Closes its input. A terminal stays open.
  void CloseInput();

  // Waits until it has printed this, after what was already awaited; returns
  // everything up to its end. Throws Abandoned (ERROR) when the program ends,
  // or prints nothing more, before that.
  std::string Await(std::string_view text);

  // Waits until it has closed its output, and returns the rest.
  std::string AwaitEnd();

 private:
  // False at the end of the output.
  bool ReadMore(const std::string& what);

  DrivenProcess& driven() const { return process_.driven(); }

  Process process_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_PROGRAM_H_
