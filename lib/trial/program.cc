#include "lib/trial/program.h"

#include <unistd.h>

#include <cerrno>

#include "lib/host/names.h"

namespace pidlab {
namespace {

// In bytes. No experiment asks for more output than this.
constexpr size_t kMaxOutput = size_t{64} << 10;

}  // namespace

void Program::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written =
        write(driven().input.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      AbandonAsError("writing to " + process_.name() + " -> " +
                     DescribeErrno(errno));
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
}

Observation<std::string> Program::Type(const std::string& line) {
  // With the quotes, what a terminal echoes is not mistaken for the answer.
  constexpr std::string_view kDone = "done\n";
  Write(line + "; echo do''ne\n");
  std::string printed = Await(kDone);
  printed.resize(printed.size() - kDone.size());
  if (printed.ends_with('\n')) printed.pop_back();
  return {process_.name(), line, std::move(printed), 0};
}

void Program::CloseInput() {
  if (driven().output.valid()) driven().input.Close();
}

std::string Program::Await(std::string_view text) {
  size_t found;
  while ((found = driven().unread.find(text)) == std::string::npos) {
    if (!ReadMore(process_.name() + " did not print \"" + std::string(text) +
                  "\"")) {
      AbandonAsError(process_.name() + " ended before it printed \"" +
                     std::string(text) + "\"; it printed \"" + driven().unread +
                     "\"");
    }
  }
  std::string printed = driven().unread.substr(0, found + text.size());
  driven().unread.erase(0, found + text.size());
  return printed;
}

std::string Program::AwaitEnd() {
  while (ReadMore(process_.name() + " did not end its output")) {
  }
  return std::exchange(driven().unread, {});
}

bool Program::ReadMore(const std::string& what) {
  const int fd =
      driven().output.valid() ? driven().output.get() : driven().input.get();
  process_.chamber().AwaitReadable(fd, what);
  char bytes[4096];
  const ssize_t size = read(fd, bytes, sizeof(bytes));
  // EIO: no process has the other side of the terminal open any more.
  if (size == 0 || (size < 0 && errno == EIO)) return false;
  if (size < 0) {
    AbandonAsError("reading from " + process_.name() + " -> " +
                   DescribeErrno(errno));
  }
  driven().unread.append(bytes, static_cast<size_t>(size));
  if (driven().unread.size() > kMaxOutput) {
    AbandonAsError("the observation is too large: " + process_.name() +
                   " printed more than " + std::to_string(kMaxOutput) +
                   " bytes");
  }
  return true;
}

}  // namespace pidlab
