#include "benchmarks/harness/progress.h"

#include <fmt/core.h>

#include <cstdio>

namespace pidlab {
namespace {

// Goes to the beginning of the line, and erases it. Blanks would need no ESC,
// but the old line may be wider.
constexpr const char* kClearLine = "\r\033[K";

}  // namespace

Progress::Progress(const std::vector<Pair>& pairs, int rounds, bool shown)
    : shown_(shown) {
  for (const Pair& pair : pairs) {
    paces_[NameOf(pair)].rounds_left = rounds;
    all_ += static_cast<size_t>(rounds);
  }
}

void Progress::Clear() {
  if (shown_) fmt::print(stderr, "{}", kClearLine);
}

void Progress::Begin(const std::string& name) {
  ++begun_;
  since_ = Clock::now();
  if (!shown_) return;
  const auto left = std::chrono::ceil<std::chrono::seconds>(Left()).count();
  fmt::print(stderr, "{}[{}/{}] {:<36.36} {}", kClearLine, begun_, all_, name,
             left == 0 ? "" : fmt::format("about {} s left", left));
  std::fflush(stderr);
}

void Progress::End(const std::string& name) {
  Pace& pace = paces_[name];
  pace.spent += Clock::now() - since_;
  ++pace.rounds_done;
  --pace.rounds_left;
}

std::chrono::nanoseconds Progress::Left() const {
  Clock::duration spent{};
  int done = 0;
  for (const auto& [name, pace] : paces_) {
    spent += pace.spent;
    done += pace.rounds_done;
  }
  if (done == 0) return {};
  Clock::duration left{};
  for (const auto& [name, pace] : paces_) {
    left +=
        pace.rounds_left *
        (pace.rounds_done > 0 ? pace.spent / pace.rounds_done : spent / done);
  }
  return left;
}

}  // namespace pidlab
