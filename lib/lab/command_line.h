// The commands of a program, with their options and arguments. A command adds
// itself by being linked in; there is no list to edit. Only command_line.cc
// includes CLI11, which does the work: a file that includes it takes seven
// seconds to compile.

#ifndef PIDLAB_LIB_LAB_COMMAND_LINE_H_
#define PIDLAB_LIB_LAB_COMMAND_LINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/lab/language.h"

namespace pidlab {

// The options and arguments of a command. The value of each is written to a
// variable, which must outlive the command line. The value that the variable
// has before is the default, and help shows it. A value that is out of range is
// refused, with its option's name, before the command runs.
class CommandLine {
 public:
  virtual ~CommandLine() = default;

  virtual void Flag(const char* name, bool& on, const char* help) = 0;
  virtual void Option(const char* name, std::string& text,
                      const char* help) = 0;
  // This option may be given several times.
  virtual void Option(const char* name, std::vector<std::string>& texts,
                      const char* help) = 0;
  virtual void Option(const char* name, int& number, int low, int high,
                      const char* help) = 0;
  virtual void Option(const char* name, uint64_t& number, const char* help) = 0;
  virtual void Option(const char* name, double& number, double low, double high,
                      const char* help) = 0;
  // Its text may be left out: `given` says whether the option is there.
  virtual void OptionWithOrWithout(const char* name, std::string& text,
                                   bool& given, const char* help) = 0;

  // Arguments have no name on the command line: their order is that in which
  // they are added.
  enum class Must { kBeGiven, kNotBeGiven };
  virtual void Argument(const char* name, std::string& text, Must must,
                        const char* help) = 0;
  virtual void Argument(const char* name, int& number, const char* help) = 0;
  virtual void Arguments(const char* name, std::vector<std::string>& texts,
                         Must must, const char* help) = 0;

  // --lang en|zh. Without this option, the environment decides.
  virtual void LanguageOption(Language& language) = 0;
  // --timeout-scale X
  virtual void TimeoutScaleOption(double& scale) = 0;

  // Require() is for an option that must be given, Exclude() for two options
  // that may not be given together.
  virtual void Require(const char* name) = 0;
  virtual void Exclude(const char* name, const char* other) = 0;

  // Sets what the command does. `run` returns the exit code. It is called when
  // the whole command line has been parsed.
  virtual void Run(std::function<int()> run) = 0;

  // Adds a command below this one, such as `bench run`. If there are such
  // commands, one of them must be given.
  virtual CommandLine& Subcommand(const char* name, const char* help) = 0;

  // Creates options that live as long as the command line:
  // line.Own<VerifyOptions>().
  template <typename Options>
  Options& Own() {
    const auto options = std::make_shared<Options>();
    owned_.push_back(options);
    return *options;
  }

 private:
  std::vector<std::shared_ptr<void>> owned_;
};

// A command of this program.
struct CommandInfo {
  int place;  // in the help: the smallest is the first
  const char* name;
  const char* help;      // one line; "": it is not shown
  const char* examples;  // lines, each with its newline
  void (*add)(CommandLine& line);
};

struct CommandRegistration {
  explicit CommandRegistration(const CommandInfo& command);
};

// Whether a command of this program has that name.
bool IsCommand(const std::string& name);

// Parses the command line, runs the command, and returns its exit code. Throws
// Error (usage).
int RunCommandLine(int argc, char** argv);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_COMMAND_LINE_H_
