#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/cli/interrupts.h"
#include "lib/report/narrator.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

// Reads lines from the terminal, until ^C, ^D or the terminal's end.
class TerminalAudience : public Audience {
 public:
  explicit TerminalAudience(const Interrupts& interrupts)
      : interrupts_(interrupts) {}

  std::string ReadLine() override {
    size_t end;
    while ((end = unread_.find('\n')) == std::string::npos) {
      pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                      {.fd = interrupts_.fd(), .events = POLLIN, .revents = 0}};
      if (poll(fds, std::size(fds), -1) < 0) continue;  // EINTR
      if (fds[1].revents != 0) throw Interrupted{};
      char bytes[512];
      const ssize_t size = read(STDIN_FILENO, bytes, sizeof(bytes));
      if (size <= 0) throw Interrupted{};
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

int ExitCodeOf(const std::vector<Record>& records) {
  int code = kEverythingSkipped;
  for (const Record& record : records) {
    if (record.verdict == Verdict::kFail) return kClaimViolated;
    if (record.verdict == Verdict::kError) code = kHarnessFailed;
    if (record.verdict == Verdict::kPass && code == kEverythingSkipped) {
      code = kEveryClaimHolds;
    }
  }
  return code;
}

}  // namespace

int RunLab(const RunLabOptions& options) {
  const Folder folder = FindFolder(options.lab);
  const LabTexts* texts = FindLabTexts(folder.path);
  if (texts == nullptr) {
    throw UsageError{fmt::format(
        "{} is verified, but it is no lab that can be told: pidlab verify {}",
        folder.slug, folder.slug)};
  }
  const bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  if (options.step && !terminal) {
    throw UsageError{"--step waits for Enter, and needs a terminal for that"};
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
    exit_code = ExitCodeOf(narrator.Tell(folder.experiments, run));
  } catch (const Interrupted&) {
    std::cout << '\n';
  }
  std::cout.flush();
  return exit_code;
}

}  // namespace pidlab
