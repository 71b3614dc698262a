// The commands of a program, and what may stand behind them on the command
// line. A command adds itself by being linked in; there is no list to edit.
// CLI11 does the work, in command_line.cc alone: including it takes seven
// seconds.

#ifndef PIDLAB_LIB_LAB_COMMAND_LINE_H_
#define PIDLAB_LIB_LAB_COMMAND_LINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/lab/language.h"

namespace pidlab {

// What may be typed behind a command, each with the place that it is put into:
// that must outlive the command line. What stands there before is the default,
// and help shows it. A value that is out of range is refused, with its option's
// name, before the command runs.
class CommandLine {
 public:
  virtual ~CommandLine() = default;

  virtual void Flag(const char* name, bool& on, const char* help) = 0;
  virtual void Option(const char* name, std::string& text,
                      const char* help) = 0;
  // May be given several times.
  virtual void Option(const char* name, std::vector<std::string>& texts,
                      const char* help) = 0;
  virtual void Option(const char* name, int& number, int low, int high,
                      const char* help) = 0;
  virtual void Option(const char* name, uint64_t& number, const char* help) = 0;
  virtual void Option(const char* name, double& number, double low, double high,
                      const char* help) = 0;
  // Its text may be left out: `given` tells whether the option is there.
  virtual void OptionWithOrWithout(const char* name, std::string& text,
                                   bool& given, const char* help) = 0;

  // Without a name, in the order in which they are added.
  enum class Must { kBeGiven, kNotBeGiven };
  virtual void Argument(const char* name, std::string& text, Must must,
                        const char* help) = 0;
  virtual void Argument(const char* name, int& number, const char* help) = 0;
  virtual void Arguments(const char* name, std::vector<std::string>& texts,
                         Must must, const char* help) = 0;

  // --lang en|zh. As long as nobody says it, the environment decides.
  virtual void LanguageOption(Language& language) = 0;
  // --timeout-scale X
  virtual void TimeoutScaleOption(double& scale) = 0;

  // An option that must be given; two of which only one may be.
  virtual void Require(const char* name) = 0;
  virtual void Exclude(const char* name, const char* other) = 0;

  // What the command does: the exit code. Runs when all has been understood.
  virtual void Run(std::function<int()> run) = 0;

  // A command of the command, one of which must be given: `bench run`.
  virtual CommandLine& Subcommand(const char* name, const char* help) = 0;

  // Keeps options alive as long as the command line: line.Own<VerifyOptions>().
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
  const char* help;      // a line; "": it is not shown
  const char* examples;  // lines, each with its end
  void (*add)(CommandLine& line);
};

struct CommandRegistration {
  explicit CommandRegistration(const CommandInfo& command);
};

// Whether a command of this program has that name.
bool IsCommand(const std::string& name);

// Parses, and runs the command: the exit code. Throws Error (usage).
int RunCommandLine(int argc, char** argv);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_COMMAND_LINE_H_
