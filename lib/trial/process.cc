#include "lib/trial/process.h"

#include <fcntl.h>
#include <stdlib.h>  // posix_openpt(), ptsname_r()
#include <unistd.h>

#include <csignal>

#include "lib/host/names.h"
#include "lib/trial/program.h"

namespace pidlab {
namespace {

[[noreturn]] void NoResource(const char* needs, const char* call) {
  AbandonAsSkip({.code = Skip::Code::kResource,
                 .needs = needs,
                 .probed = std::string(call) + " -> " + DescribeErrno(errno),
                 .to_run = "see ulimit -n, and whether /dev/ptmx is there"});
}

std::string Joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    const bool quoted =
        word.empty() || word.find_first_of(" \t\n;$*?'\"|&<>") != word.npos;
    line += line.empty() ? "" : " ";
    line += quoted ? "'" + word + "'" : word;
  }
  return line;
}

// The program's side and the runner's side of its input and output.
struct Streams {
  Fd child_input;
  Fd child_output;
  Fd input;
  Fd output;
};

Streams MakePipes() {
  int to[2];
  int from[2];
  if (pipe2(to, O_CLOEXEC) != 0) NoResource("a pipe", "pipe2()");
  Streams streams{.child_input = Fd(to[0]),
                  .child_output = {},
                  .input = Fd(to[1]),
                  .output = {}};
  if (pipe2(from, O_CLOEXEC) != 0) NoResource("a pipe", "pipe2()");
  streams.output = Fd(from[0]);
  streams.child_output = Fd(from[1]);
  return streams;
}

Streams MakeTerminal() {
  Streams streams;
  streams.input = Fd(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  char name[64];
  if (!streams.input.valid() || grantpt(streams.input.get()) != 0 ||
      unlockpt(streams.input.get()) != 0 ||
      ptsname_r(streams.input.get(), name, sizeof(name)) != 0) {
    NoResource("a pseudo-terminal", "posix_openpt()");
  }
  streams.child_input = Fd(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!streams.child_input.valid()) NoResource("a pseudo-terminal", name);
  return streams;
}

}  // namespace

Process Process::Clone(const std::string& name, uint64_t flags) const {
  return {chamber_, &chamber_->Clone(*driven_, name, flags)};
}

Observation<pid_t> Process::TryClone(uint64_t flags) const {
  return Call(*this, "clone3(" + CloneFlagNames(flags) + ")",
              [flags] {
                const Sys<pid_t> child = Clone3(flags);
                if (child.ok() && child.value == 0) _exit(0);
                if (child.ok()) (void)WaitFor(child.value);
                return child;
              })
      .Run();
}

Observation<Ending> Process::Reap(const Process& child) const {
  const pid_t pid = child.PidIn(*this);
  const std::string text = "waitid(" + child.name() + ")";
  // A process that is not visible here is not a child; and to waitid(2) the
  // number 0 would mean a process group.
  if (pid == 0) return {name(), text, {}, ECHILD};
  return Call(*this, text, [pid] { return WaitFor(pid); }).Run();
}

Observation<int> Process::Kill(const Process& target, int signal) const {
  const pid_t pid = target.PidIn(*this);
  const std::string text = "kill(" + target.name() + ", " +
                           (signal == 0 ? "0" : SignalName(signal)) + ")";
  if (pid == 0) return {name(), text, {}, ESRCH};
  return Call(*this, text, [pid, signal] { return kill(pid, signal); }).Run();
}

void Process::Exit(int status) const {
  const std::string text = "_exit(" + std::to_string(status) + ")";
  Call(*this, text, [status] { _exit(status); }).Start();
  chamber_->AwaitRelease(*driven_, text);
}

Program Process::Exec(const std::vector<std::string>& arguments,
                      Stdio stdio) const {
  Streams streams = stdio == Stdio::kTerminal ? MakeTerminal() : MakePipes();
  Request request;
  request.verb = Request::Verb::kExec;
  request.own_terminal = stdio == Stdio::kTerminal;
  request.size = 0;
  for (const std::string& argument : arguments) {
    if (request.size + argument.size() + 1 > sizeof(request.payload)) {
      AbandonAsError("too long a command: " + Joined(arguments));
    }
    memcpy(request.payload + request.size, argument.c_str(),
           argument.size() + 1);
    request.size += static_cast<uint32_t>(argument.size()) + 1;
  }
  const int input = streams.child_input.get();
  const int output =
      streams.child_output.valid() ? streams.child_output.get() : input;
  const int standard[] = {input, output, output};
  const std::string text = "exec " + Joined(arguments);
  chamber_->Send(*driven_, request, text, standard);
  streams.child_input.Close();
  streams.child_output.Close();
  chamber_->AwaitRelease(*driven_, text);
  driven_->input = std::move(streams.input);
  driven_->output = std::move(streams.output);
  return Program(*this);
}

Observation<Process::CommandResult> Process::Command(
    const std::vector<std::string>& arguments) const {
  const Process child(
      chamber_,
      &chamber_->Clone(*driven_, "command", 0, DrivenProcess::Role::kCommand));
  Program program = child.Exec(arguments);
  program.CloseInput();
  std::string output = program.AwaitEnd();
  const Observation<Ending> ending = Reap(child);
  return {
      name(), Joined(arguments), {std::move(output), ending.value}, ending.err};
}

Observation<std::string> Process::Printed(
    const std::vector<std::string>& arguments) const {
  const Observation<CommandResult> ran = Command(arguments);
  std::string output;
  for (const char c : ran.value.output) {
    const bool aligns =
        output.empty() || output.ends_with(' ') || output.ends_with('\n');
    if (c != ' ' || !aligns) output += c;
  }
  return {ran.process, ran.text, std::move(output), ran.err};
}

}  // namespace pidlab
