// The terminal of the user while it belongs to a virtual machine: every key
// goes there, and what the machine prints is passed on unchanged.

#ifndef PIDLAB_TOOL_VM_TERMINAL_H_
#define PIDLAB_TOOL_VM_TERMINAL_H_

#include <termios.h>

#include <string>

#include "lib/linux/fd.h"

namespace pidlab {

// Makes the terminal of a descriptor raw (cfmakeraw(3)) as long as the object
// lives.
class RawTerminal {
 public:
  explicit RawTerminal(int fd);
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal();

  // "24 80", rows and columns.
  std::string Size() const;

  // Readable when its size may have changed; Acknowledge() makes it unreadable.
  int size_fd() const { return size_fd_.get(); }
  void Acknowledge() const;

 private:
  int fd_;
  termios before_{};
  Fd size_fd_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_TERMINAL_H_
