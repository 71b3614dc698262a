// Command is another program that this process runs. It is killed when this
// process ends, and its pidfd tells when it has ended by itself. What a failure
// of the program means is up to the caller.

#ifndef PIDLAB_LIB_HOST_COMMAND_H_
#define PIDLAB_LIB_HOST_COMMAND_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

// The descriptors that become its standard streams. -1: it keeps that of the
// caller.
struct StandardStreams {
  int in = -1;
  int out = -1;
  int err = -1;
};

// The exit status if the program could not be executed, as in a shell.
inline constexpr int kNotExecuted = 127;

class Command {
 public:
  // Runs the program that words[0] names, with these arguments. It is found in
  // the same way as by execvp(3). It inherits every descriptor that is not
  // O_CLOEXEC, and the signal mask; it is killed (SIGKILL) when the thread that
  // started it ends. Throws Error.
  static Command Start(const std::vector<std::string>& words,
                       const StandardStreams& streams = {});

  Command() = default;
  Command(Command&& other) noexcept;
  Command& operator=(Command&& other) noexcept;
  // Kills it, if it still runs, and reaps it.
  ~Command();

  // Readable when it has ended.
  int pidfd() const { return pidfd_.get(); }

  // pidfd_send_signal(2)
  Sys<int> Send(int signal) const;

  // Waits until it has ended, and reaps it. May be called only once. Throws
  // Interrupted when `interrupt_fd` becomes readable before that.
  Ending Wait(int interrupt_fd = -1);

 private:
  Command(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_ = -1;
  Fd pidfd_;
};

// How a program ended, and what it printed.
struct Finished {
  Ending ending;
  std::string out;  // what it wrote to standard output
  std::string err;

  bool succeeded() const { return ending == Exited(0); }
};

// Runs a program to its end. Throws Error, and Interrupted as above.
Finished Run(const std::vector<std::string>& words, int interrupt_fd);

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_COMMAND_H_
