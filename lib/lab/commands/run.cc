// `run LAB`: runs a lab step by step, on a terminal or into a pipe.

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "lib/host/error.h"
#include "lib/host/exit_code.h"
#include "lib/host/interrupts.h"
#include "lib/host/wait.h"
#include "lib/lab/command_line.h"
#include "lib/lab/folders.h"
#include "lib/lab/narrator.h"
#include "lib/lab/tally.h"

namespace pidlab {
namespace {

struct RunLabOptions {
  std::string lab;
  bool step = false;
  bool automatic = false;
  bool no_predict = false;
  Language language = Language::kEnglish;
};

// Reads lines from the terminal, until ^C or ^D is typed or the terminal is
// closed.
class TerminalAudience : public Audience {
 public:
  explicit TerminalAudience(const Interrupts& interrupts)
      : interrupts_(interrupts) {}

  std::string ReadLine() override {
    size_t end;
    while ((end = unread_.find('\n')) == std::string::npos) {
      (void)WaitToRead(STDIN_FILENO, interrupts_.fd());
      char bytes[512];
      const ssize_t size = read(STDIN_FILENO, bytes, sizeof(bytes));
      if (size <= 0) throw Interrupted();
      unread_.append(bytes, static_cast<size_t>(size));
    }
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
  }

 private:
  const Interrupts& interrupts_;
  std::string unread_;
};

int RunLab(const RunLabOptions& options) {
  const Folder folder = FindFolder(options.lab);
  const LabTexts* texts = FindLabTexts(folder.path);
  if (texts == nullptr) {
    FailAsUsage(
        fmt::format("{} has no handout, so it cannot be run step by step: "
                    "`pidlab verify {}` "
                    "checks it",
                    folder.slug, folder.slug));
  }
  const bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  if (options.step && !terminal) {
    FailAsUsage("--step waits for Enter, and needs a terminal for that");
  }
  const char* no_color = getenv("NO_COLOR");
  const Interrupts interrupts;
  TerminalAudience audience(interrupts);
  NarratorOptions narration;
  narration.language = options.language;
  narration.predict = !options.no_predict;
  narration.color =
      isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
  if (terminal && !options.automatic) narration.audience = &audience;
  Narrator narrator(
      std::cout, folder.path, ParseHandout(texts->english, Language::kEnglish),
      ParseHandout(texts->chinese, Language::kChinese), narration);

  RunOptions run;
  run.chamber.interrupt_fd = interrupts.fd();
  int exit_code = kInterrupted;
  try {
    Tally tally;
    for (const Record& record : narrator.Tell(folder.experiments, run)) {
      tally.Add(record.verdict);
    }
    exit_code = tally.Code();
  } catch (const Interrupted&) {
    std::cout << '\n';
  }
  std::cout.flush();
  return exit_code;
}

void Add(CommandLine& line) {
  auto& options = line.Own<RunLabOptions>();
  AddLabArgument(line, options.lab);
  line.Flag("--step", options.step, "Wait for Enter at each step");
  line.Flag("--auto", options.automatic, "Run straight through");
  line.Exclude("--auto", "--step");
  line.Flag("--no-predict", options.no_predict, "Ask no predictions");
  line.LanguageOption(options.language);
  line.Run([&options] { return RunLab(options); });
}

const CommandRegistration registration(
    {20, "run", "Run a lab step by step",
     "  pidlab run 01                lab 01, step by step on a terminal\n"
     "  pidlab run 12 --lang zh      lab 12, in Chinese\n"
     "  pidlab run 12 | less         straight through, nobody is asked\n",
     &Add});

}  // namespace
}  // namespace pidlab
