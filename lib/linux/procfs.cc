#include "lib/linux/procfs.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "lib/linux/ending.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

// The text without its first `bytes` bytes. substr() would throw if there are
// fewer.
std::string_view After(size_t bytes, std::string_view text) {
  text.remove_prefix(std::min(bytes, text.size()));
  return text;
}

std::string_view TrimLeft(std::string_view text) {
  return After(text.find_first_not_of(" \t"), text);
}

// Takes the next word, which ends at white space, off the front of `text`.
std::string_view TakeWord(std::string_view* text) {
  *text = TrimLeft(*text);
  const size_t end = std::min(text->find_first_of(" \t\n"), text->size());
  const std::string_view word = text->substr(0, end);
  text->remove_prefix(end);
  return word;
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view word, int base = 10) {
  Number number;
  const auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), number, base);
  if (error != std::errc() || end != word.data() + word.size()) return {};
  return number;
}

template <typename Number>
bool Parse(std::string_view word, Number* number, int base = 10) {
  const std::optional<Number> parsed = ParseNumber<Number>(word, base);
  if (parsed) *number = *parsed;
  return parsed.has_value();
}

bool Parse(std::string_view words, PidChain* chain) {
  *chain = {};
  for (std::string_view word = TakeWord(&words); !word.empty();
       word = TakeWord(&words)) {
    pid_t pid;
    if (!Parse(word, &pid) || !chain->Append(pid)) return false;
  }
  return !chain->empty();
}

// Takes the next line off the front of `text`, and returns it without its
// newline. A line that has no newline was cut off, and is not returned.
std::optional<std::string_view> TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  if (end == text->npos) return {};
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

template <typename T>
Sys<T> Malformed() {
  return Sys<T>::Failed(EBADMSG);
}

// A path with a number in it, made without allocating.
struct NumberedPath {
  char path[64] = {};

  NumberedPath(std::string_view before, int number, std::string_view after) {
    char* end = std::ranges::copy(before, path).out;
    end = std::to_chars(end, path + sizeof(path), number).ptr;
    std::ranges::copy(after, end);
  }
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const PidChain& chain) {
  for (size_t i = 0; i < chain.size(); ++i) {
    out << (i == 0 ? "" : " ") << chain[i];
  }
  return chain.empty() ? out << "none" : out;
}

std::ostream& operator<<(std::ostream& out, SignalSet set) {
  if (set.bits == 0) return out << "none";
  const char* separator = "";
  for (int signal = 1; signal <= 64; ++signal) {
    if (!set.Has(signal)) continue;
    out << separator << Signal{signal};
    separator = " ";
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, ProcessState state) {
  static constexpr struct {
    char letter;
    const char* meaning;
  } kStates[] = {
      {'R', "running"},      {'S', "sleeping"}, {'D', "disk sleep"},
      {'T', "stopped"},      {'Z', "zombie"},   {'X', "dead"},
      {'t', "tracing stop"}, {'I', "idle"},
  };
  out << state.letter;
  for (const auto& [letter, meaning] : kStates) {
    if (letter == state.letter) out << " (" << meaning << ")";
  }
  return out;
}

std::ostream& operator<<(std::ostream& out, const NamespaceId& id) {
  return out << '[' << id.inode << ']';
}

Sys<ProcessStatus> ParseStatus(std::string_view text) {
  ProcessStatus status;
  bool name = false;
  bool state = false;
  bool pid = false;
  bool ppid = false;
  while (const auto line = TakeLine(&text)) {
    const size_t colon = line->find(':');
    if (colon == line->npos) return Malformed<ProcessStatus>();
    const std::string_view key = line->substr(0, colon);
    const std::string_view value = TrimLeft(After(colon + 1, *line));
    bool good = true;
    if (key == "Name") {
      // This is not trimmed: a name can begin with a space.
      status.name = After(colon + 2, *line);
      name = true;
    } else if (key == "State") {
      good = state = !value.empty();
      if (good) status.state = {value[0]};
    } else if (key == "Pid") {
      good = pid = Parse(value, &status.pid);
    } else if (key == "PPid") {
      good = ppid = Parse(value, &status.ppid);
    } else if (key == "NStgid") {
      good = Parse(value, &status.ns_tgid);
    } else if (key == "NSpid") {
      good = Parse(value, &status.ns_pid);
    } else if (key == "NSpgid") {
      good = Parse(value, &status.ns_pgid);
    } else if (key == "NSsid") {
      good = Parse(value, &status.ns_sid);
    } else if (key == "ShdPnd") {
      good = Parse(value, &status.pending.bits, 16);
    } else if (key == "SigBlk") {
      good = Parse(value, &status.blocked.bits, 16);
    } else if (key == "SigIgn") {
      good = Parse(value, &status.ignored.bits, 16);
    } else if (key == "SigCgt") {
      good = Parse(value, &status.caught.bits, 16);
    }
    if (!good) return Malformed<ProcessStatus>();
  }
  if (!name || !state || !pid || !ppid) return Malformed<ProcessStatus>();
  return {status};
}

Sys<ProcessStatus> ReadStatus(const char* path) {
  const Sys<FileText> text = ReadFile(path);
  if (!text.ok()) return Sys<ProcessStatus>::Failed(text.err);
  // There may be very many groups before the lines that are needed, and very
  // many CPUs after them.
  if (text.value.truncated() &&
      text.value.view().find("\nCapInh:") == std::string_view::npos) {
    return Malformed<ProcessStatus>();
  }
  return ParseStatus(text.value);
}

Sys<ProcessStatus> StatusOf(pid_t pid) {
  return ReadStatus(NumberedPath("/proc/", pid, "/status").path);
}

Sys<ProcessStatus> OwnStatus() { return ReadStatus("/proc/self/status"); }

Sys<ProcessName> NameOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::name);
}

Sys<ProcessState> StateOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::state);
}

Sys<pid_t> PPidOf(pid_t pid) { return StatusOf(pid).Get(&ProcessStatus::ppid); }

Sys<PidChain> NSpidOf(pid_t pid) {
  return StatusOf(pid).Get(&ProcessStatus::ns_pid);
}

Sys<PidChain> ClimbFrom(pid_t pid) {
  PidChain climbed;
  while (pid != 0 && climbed.Append(pid)) {
    const Sys<pid_t> parent = PPidOf(pid);
    if (!parent.ok()) return Sys<PidChain>::Failed(parent.err);
    pid = parent.value;
  }
  return {climbed};
}

Sys<ProcessStat> ParseStat(std::string_view text) {
  // The name is between the first "(" and the last ")": nothing after it can
  // hold a parenthesis, the name itself can hold anything.
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == text.npos || close == text.npos || close < open) {
    return Malformed<ProcessStat>();
  }
  ProcessStat stat;
  std::string_view head = text.substr(0, open);
  std::string_view tail = After(close + 1, text);
  stat.comm = After(open + 1, text.substr(0, close));
  const std::string_view pid = TakeWord(&head);
  const std::string_view state = TakeWord(&tail);
  if (state.size() != 1 || !Parse(pid, &stat.pid) ||
      !Parse(TakeWord(&tail), &stat.ppid) ||
      !Parse(TakeWord(&tail), &stat.pgrp) ||
      !Parse(TakeWord(&tail), &stat.session)) {
    return Malformed<ProcessStat>();
  }
  stat.state = {state[0]};
  // If only a few more words follow, the text may have been cut off inside the
  // name, which has at most 15 bytes, or inside the last number.
  constexpr int kMoreThanANameHas = 8;
  int words = 0;
  while (!TakeWord(&tail).empty()) ++words;
  if (words < kMoreThanANameHas) return Malformed<ProcessStat>();
  return {stat};
}

Sys<ProcessStat> ReadStat(const char* path) {
  const Sys<FileText> text = ReadFile(path);
  if (!text.ok()) return Sys<ProcessStat>::Failed(text.err);
  return ParseStat(text.value);
}

Sys<PidChain> ParsePidfdInfo(std::string_view text) {
  Sys<PidChain> chain = Malformed<PidChain>();
  while (const auto line = TakeLine(&text)) {
    constexpr std::string_view kKey = "NSpid:";
    if (!line->starts_with(kKey)) continue;
    if (!Parse(After(kKey.size(), *line), &chain.value)) {
      return Malformed<PidChain>();
    }
    chain.err = 0;
  }
  return chain;
}

Sys<PidChain> ReadPidfdInfo(int pidfd) {
  const Sys<FileText> text =
      ReadFile(NumberedPath("/proc/self/fdinfo/", pidfd, "").path);
  if (!text.ok()) return Sys<PidChain>::Failed(text.err);
  return ParsePidfdInfo(text.value);
}

Sys<NamespaceId> ReadNamespace(const char* path, int directory) {
  struct stat status;
  if (fstatat(directory, path, &status, 0) != 0) {
    return Sys<NamespaceId>::Failed(errno);
  }
  return {{status.st_dev, status.st_ino}};
}

Sys<bool> LeadsTo(const char* path, NamespaceId id) {
  const Sys<NamespaceId> seen = ReadNamespace(path);
  return {seen.value == id, seen.err};
}

Sys<Text<256>> ReadLink(const char* path) {
  char target[257];
  const ssize_t size = readlink(path, target, sizeof(target));
  if (size < 0) return Sys<Text<256>>::Failed(errno);
  return {Text<256>(std::string_view(target, static_cast<size_t>(size)))};
}

Sys<pid_t> SelfIn(const char* proc) {
  char path[64];
  snprintf(path, sizeof(path), "%s/self", proc);
  const Sys<Text<256>> link = ReadLink(path);
  const std::string_view digits = link.value;
  pid_t pid = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  return {pid, link.err};
}

Sys<FileText> ReadFile(const char* path, int directory) {
  const Fd file(openat(directory, path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Sys<FileText>::Failed(errno);
  FileText text;
  for (;;) {
    char bytes[4096];
    const ssize_t size = read(file.get(), bytes, sizeof(bytes));
    if (size == 0) return {text};
    if (size < 0) {
      if (errno == EINTR) continue;
      return Sys<FileText>::Failed(errno);
    }
    text.Append(std::string_view(bytes, static_cast<size_t>(size)));
  }
}

}  // namespace pidlab
