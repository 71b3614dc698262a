// Program is a process that has become another program (bash as PID 1, say):
// nothing can be asked of it any more, so it is written to, read from, and
// watched. Whether it is still a member of a trial is the chamber's business.

#ifndef PIDLAB_LIB_TRIAL_PROGRAM_H_
#define PIDLAB_LIB_TRIAL_PROGRAM_H_

#include <string>
#include <string_view>

#include "lib/linux/fd.h"
#include "lib/trial/process.h"

namespace pidlab {

class Program {
 public:
  // `input` and `output` may be the same terminal: then `output` is invalid.
  Program(const Process& process, Fd input, Fd output)
      : process_(process),
        input_(std::move(input)),
        output_(std::move(output)) {}

  const Process& process() const { return process_; }

  // Types this.
  void Write(std::string_view text);

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

  Process process_;
  Fd input_;
  Fd output_;
  std::string unread_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_PROGRAM_H_
