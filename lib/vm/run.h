// Running another program to its end, with what it writes; an interrupt ends
// it.

#ifndef PIDLAB_LIB_VM_RUN_H_
#define PIDLAB_LIB_VM_RUN_H_

#include <string>
#include <vector>

#include "lib/linux/command.h"
#include "lib/linux/ending.h"

namespace pidlab {

// Like Command::Start(), but throws Abandoned (ERROR).
Command StartCommand(const std::vector<std::string>& words,
                     const StandardStreams& streams = {});

// Waits until it has ended. If `interrupt_fd` (which may be -1) is readable
// before, throws Interrupted: then the command is to die with its owner.
Ending Await(Command& command, int interrupt_fd);

// What a program left behind.
struct Finished {
  Ending ending;
  std::string out;  // what it wrote to standard output
  std::string err;

  bool succeeded() const { return ending == Exited(0); }
};

// Throws Abandoned (ERROR) if it cannot be run at all, Interrupted as above.
Finished RunToEnd(const std::vector<std::string>& words, int interrupt_fd);

// `words | filter`, as a shell would run it: what the filter writes goes to
// `out`, or into the result if that is -1. The ending is that of the first
// which failed; `err` is what both have written.
Finished RunThrough(const std::vector<std::string>& words,
                    const std::vector<std::string>& filter, int interrupt_fd,
                    int out = -1);

}  // namespace pidlab

#endif  // PIDLAB_LIB_VM_RUN_H_
