// Program is a process that has become another program (bash as PID 1, say):
// nothing can be asked of it any more, so it is written to, read from, and
// watched. Whether it is still a member of a trial is the chamber's business.

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

  // Types this.
  void Write(std::string_view text);

  // Types a line into a shell, and gives what it prints for it, without the end
  // of the last line. A shell that answers is alive, and runs.
  Observation<std::string> Type(const std::string& line);

  // Its input ends. A terminal stays open.
  void CloseInput();

  // Waits until it has printed this, after what was already awaited; gives all
  // up to there. Throws Abandoned (ERROR) when it ends or falls silent before.
  std::string Await(std::string_view text);

  // Waits until it has closed its output, and gives the rest.
  std::string AwaitEnd();

 private:
  // False at the end of the output.
  bool ReadMore(const std::string& what);

  DrivenProcess& driven() const { return process_.driven(); }

  Process process_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_PROGRAM_H_
