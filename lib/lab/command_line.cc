#include "lib/lab/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <list>

#include "lib/host/error.h"
#include "lib/lab/version.h"

namespace pidlab {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 every claim that ran holds; 1 a claim is violated (or a "
    "skip\n"
    "under --fail-on-skip); 2 usage; 4 everything was skipped; 5 the harness\n"
    "failed, or left something behind; 130 interrupted.";

constexpr size_t kHelpColumn = 28;

std::vector<CommandInfo>& Registered() {
  static std::vector<CommandInfo> commands;
  return commands;
}

std::string Footer(const std::string& examples) {
  return "Examples:\n" + examples + "\n" + kExitCodes;
}

// A check of the range accepts NaN, which is not a number, so it is refused
// here.
std::string RefuseNan(const std::string& text) {
  return std::isnan(std::strtod(text.c_str(), nullptr))
             ? "Value " + text + " is no number"
             : std::string();
}

// One command, in terms of CLI11.
class CliCommand : public CommandLine {
 public:
  CliCommand(CLI::App* app, int* exit_code)
      : app_(*app), exit_code_(*exit_code) {}

  void Flag(const char* name, bool& on, const char* help) override {
    app_.add_flag(name, on, help);
  }
  void Option(const char* name, std::string& text, const char* help) override {
    ShowDefault(app_.add_option(name, text, help), !text.empty());
  }
  void Option(const char* name, std::vector<std::string>& texts,
              const char* help) override {
    app_.add_option(name, texts, help)->allow_extra_args(false);
  }
  void Option(const char* name, int& number, int low, int high,
              const char* help) override {
    ShowDefault(app_.add_option(name, number, help)
                    ->check(CLI::Range(low, high).description("")),
                number >= low);
  }
  void Option(const char* name, uint64_t& number, const char* help) override {
    ShowDefault(app_.add_option(name, number, help), true);
  }
  void Option(const char* name, double& number, double low, double high,
              const char* help) override {
    ShowDefault(app_.add_option(name, number, help)
                    ->check(CLI::Range(low, high).description(""))
                    ->check(RefuseNan),
                number >= low);
  }
  void OptionWithOrWithout(const char* name, std::string& text, bool& given,
                           const char* help) override {
    CLI::Option* option = app_.add_option(name, text, help)->expected(0, 1);
    app_.parse_complete_callback(
        [option, &given] { given = option->count() > 0; });
  }

  void Argument(const char* name, std::string& text, Must must,
                const char* help) override {
    app_.add_option(name, text, help)->required(must == Must::kBeGiven);
  }
  void Argument(const char* name, int& number, const char* help) override {
    ShowDefault(app_.add_option(name, number, help), true);
  }
  void Arguments(const char* name, std::vector<std::string>& texts, Must must,
                 const char* help) override {
    app_.add_option(name, texts, help)->required(must == Must::kBeGiven);
  }

  void LanguageOption(Language& language) override {
    language = UsualLanguage();
    app_.add_option_function<std::string>(
            "--lang",
            [&language](const std::string& code) {
              language = code == "zh" ? Language::kChinese : Language::kEnglish;
            },
            "en or zh")
        ->check(CLI::IsMember({"en", "zh"}).description(""));
  }
  void TimeoutScaleOption(double& scale) override {
    Option("--timeout-scale", scale, 0.001, 1000,
           "Wait so many times longer before it counts as a hang");
  }

  void Require(const char* name) override { app_.get_option(name)->required(); }
  void Exclude(const char* name, const char* other) override {
    app_.get_option(name)->excludes(app_.get_option(other));
  }

  void Run(std::function<int()> run) override {
    app_.callback([this, run = std::move(run)] { exit_code_ = run(); });
  }

  CommandLine& Subcommand(const char* name, const char* help) override {
    app_.require_subcommand(1);
    children_.emplace_back(app_.add_subcommand(name, help), &exit_code_);
    return children_.back();
  }

 private:
  static void ShowDefault(CLI::Option* option, bool shown) {
    if (shown) option->capture_default_str();
  }

  CLI::App& app_;
  int& exit_code_;
  std::list<CliCommand> children_;
};

}  // namespace

CommandRegistration::CommandRegistration(const CommandInfo& command) {
  auto& all = Registered();
  all.insert(
      std::ranges::upper_bound(all, command.place, {}, &CommandInfo::place),
      command);
}

bool IsCommand(const std::string& name) {
  return std::ranges::find(Registered(), name, [](const CommandInfo& command) {
           return std::string(command.name);
         }) != Registered().end();
}

int RunCommandLine(int argc, char** argv) {
  CLI::App app{"Teaches and verifies how Linux PID namespaces behave.",
               "pidlab"};
  app.set_version_flag("--version", std::string("pidlab ") + kVersion);
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(kHelpColumn);
  int exit_code = kUsage;
  std::list<CliCommand> commands;
  std::string examples;
  for (const CommandInfo& info : Registered()) {
    CLI::App* command = app.add_subcommand(info.name, info.help);
    if (*info.help == '\0') command->group("");
    commands.emplace_back(command, &exit_code);
    info.add(commands.back());
    const std::string own = info.examples;
    examples += own.substr(0, own.find('\n') + 1);
    command->footer(Footer(own));
    for (CLI::App* sub : command->get_subcommands({})) sub->footer(Footer(own));
  }
  app.footer(Footer(examples));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 throws for --help and --version, too.
    if (error.get_exit_code() != 0) {
      FailAsUsage(std::string(error.what()) + "; see pidlab --help");
    }
    app.exit(error);
    return kEveryClaimHolds;
  }
  if (app.get_subcommands().empty()) std::cerr << app.help();
  return exit_code;
}

}  // namespace pidlab
