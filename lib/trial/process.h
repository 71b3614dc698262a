// Process is the handle that an experiment has for a driven process. The
// process does one thing at a time, when it is asked, so the order of the lines
// in an experiment is the order of the events. After an exec it cannot be asked
// any more: see program.h for that.

#ifndef PIDLAB_LIB_TRIAL_PROCESS_H_
#define PIDLAB_LIB_TRIAL_PROCESS_H_

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "lib/linux/ending.h"
#include "lib/linux/sys.h"
#include "lib/trial/remote_call.h"

// Evaluates an expression in a process: ON(init, getppid()). Local variables in
// it are copied there, so they must be trivially copyable and small: numbers,
// string literals, Text. The result must be so, too. -1 counts as a failure
// with its errno, and so does a failed Sys<T>.
//
// Never fork in it: use Clone() or TryClone(). For an expression that blocks
// while other processes act, there are Call::Start() and Call::Await().
#define ON(process, ...) \
  ::pidlab::Call((process), #__VA_ARGS__, [=] { return __VA_ARGS__; })

namespace pidlab {

class Program;

// A process of the trial, by name. Copies mean the same process.
class Process {
 public:
  Process(Chamber* chamber, DrivenProcess* driven)
      : chamber_(chamber), driven_(driven) {}
  Process(const Process&) = default;
  Process& operator=(const Process&) = default;
  // Not trivial, so that a Process cannot be used inside ON(): its pointers
  // mean nothing there. Call PidIn() before.
  ~Process() {}  // NOLINT(modernize-use-equals-default)

  const std::string& name() const { return driven_->name; }

  // Its PID in the namespace of `observer`; 0 if it is not visible there.
  pid_t PidIn(const Process& observer) const {
    return chamber_->PidIn(*driven_, *observer.driven_);
  }

  // Creates a child (clone3), which is driven like this process. With
  // CLONE_NEWPID it is proven that the child is in a new namespace.
  Process Clone(const std::string& name, uint64_t flags = 0) const;

  // Tries to create a child that exits with 0 at once and is reaped. The value
  // is its PID.
  Observation<pid_t> TryClone(uint64_t flags = 0) const;

  // Waits for the end of a child and reaps it. As in waitid(2), `child` must be
  // a child of this process, by birth or by adoption.
  Observation<Ending> Reap(const Process& child) const;

  // Sends a signal (kill(2)) to the number that `target` has here; signal 0
  // only asks whether there is such a process. ESRCH if it has none, without a
  // call: to kill(2) the number 0 means a process group.
  Observation<int> Kill(const Process& target, int signal) const;

  // Makes it call _exit(2), and returns when its files are closed. Only after
  // that its children are adopted, its namespace ends and its parent is
  // notified: Reap() or AwaitDeath() wait for that.
  void Exit(int status) const;

  // Waits until it has ended: it may still be a zombie.
  void AwaitDeath() const { chamber_->AwaitDeath(*driven_); }

  // Becomes another program, with its input and output on pipes, or on a
  // terminal of its own. It is not driven any more, but watched from outside.
  enum class Stdio { kPipe, kTerminal };
  Program Exec(const std::vector<std::string>& arguments,
               Stdio stdio = Stdio::kPipe) const;

  // Runs a command as a child of this process, in the same namespaces, and
  // waits for its end. The result has what the command printed, on both
  // outputs, and how it ended.
  struct CommandResult {
    std::string output;
    Ending ending;

    friend std::ostream& operator<<(std::ostream& out,
                                    const CommandResult& result) {
      return out << result.output << result.ending;
    }
  };
  Observation<CommandResult> Command(
      const std::vector<std::string>& arguments) const;

  // What such a command printed. Blanks that only align columns are removed,
  // and several in a row become one, because how many ps(1) prints depends on
  // the largest PID of the machine.
  Observation<std::string> Printed(
      const std::vector<std::string>& arguments) const;

  Chamber& chamber() const { return *chamber_; }
  DrivenProcess& driven() const { return *driven_; }

 private:
  Chamber* chamber_;
  DrivenProcess* driven_;
};

// An expression that waits to be evaluated in a process: see ON.
template <typename F>
class [[nodiscard]] Call {
 public:
  using Result = internal::CallResult<F>;

  static_assert(
      std::is_trivially_copyable_v<F>,
      "ON() copies the bytes of the local variables that it uses into "
      "another process: a std::string, an owner of a descriptor or a "
      "Process cannot cross. Take what you need of it into a number "
      "or a Text before.");
  static_assert(sizeof(F) <= kMaxClosure,
                "ON() uses more local variables than fit into one request.");
  static_assert(std::is_trivially_copyable_v<Result>,
                "The result of ON() comes back as bytes: return a number, a "
                "Text or a struct of such.");
  static_assert(sizeof(Result) <= kMaxResult,
                "The result of ON() is larger than one answer: return less.");

  [[nodiscard("ON() alone does nothing: give it to Must() or Expect()")]]  //
  Call(const Process& process, std::string text, F closure)
      : process_(process), text_(std::move(text)), closure_(closure) {}

  // Sends the expression, and does not wait.
  void Start() const {
    StartCall(process_.chamber(), process_.driven(), text_, closure_);
  }

  // Waits for the answer.
  Observation<Result> Await() const {
    return AwaitCall<F>(process_.chamber(), process_.driven(), text_);
  }

  Observation<Result> Run() const {
    Start();
    return Await();
  }

  const Process& process() const { return process_; }
  const std::string& text() const { return text_; }

 private:
  Process process_;
  std::string text_;
  F closure_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_PROCESS_H_
