// The messages between a virtual machine and its host, over a serial port that
// carries nothing else. A frame is a kind, and bytes. A serial port loses what
// nobody reads in time, so the host sends little, and waits until the machine
// says that it has taken it.

#ifndef PIDLAB_TOOL_VM_FRAMES_H_
#define PIDLAB_TOOL_VM_FRAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pidlab {

enum class FrameKind : char {
  // From the machine.
  kAlive = '.',       // once a second, whatever else happens
  kOutput = 'o',      // of the command
  kError = 'e',       // its standard error
  kTaken = 't',       // the input that was sent last
  kFile = 'f',        // a result file: its path, relative to the working folder
  kContents = 'c',    // the next part of that file
  kFileEnd = 'n',     // that was the whole file
  kLeftBehind = 'l',  // a path that the command wrote outside of that folder
  kExited = 'x',      // with this status, in decimal; the last frame

  // From the host.
  kInput = 'i',     // at most kMaxInput bytes; none: the end of the input
  kSignal = 's',    // for the command: its number, in decimal
  kTerminal = 'w',  // its size: "24 80", rows and columns
};

// A serial port's tty holds 4,095 bytes.
inline constexpr size_t kMaxInput = 1024;

struct Frame {
  FrameKind kind;
  std::string bytes;

  friend bool operator==(const Frame&, const Frame&) = default;
};

std::string Encode(FrameKind kind, std::string_view bytes = {});

// Takes what arrives, in pieces of any size.
class FrameReader {
 public:
  void Add(std::string_view bytes) { bytes_ += bytes; }

  // The next whole frame. What comes before the first one is skipped, such as a
  // firmware's greeting.
  std::optional<Frame> Next();

 private:
  std::string bytes_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_FRAMES_H_
