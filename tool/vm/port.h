// The machine's end of the serial port that carries frames.

#ifndef PIDLAB_TOOL_VM_PORT_H_
#define PIDLAB_TOOL_VM_PORT_H_

#include <optional>
#include <string_view>

#include "lib/linux/fd.h"
#include "tool/vm/frames.h"

namespace pidlab {

class Port {
 public:
  // Opens the port in raw mode. Throws Error; so does Send().
  Port();

  // Readable when there is something to receive.
  int fd() const { return fd_.get(); }

  void Send(FrameKind kind, std::string_view bytes = {});

  // Reads what is there; then Next() returns the frames that are complete.
  void Receive();
  std::optional<Frame> Next() { return reader_.Next(); }

 private:
  Fd fd_;
  FrameReader reader_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_PORT_H_
