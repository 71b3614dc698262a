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
  // Opens it, for bytes as they are. Throws Error; so does Send().
  Port();

  // Readable when there is something to be received.
  int fd() const { return fd_.get(); }

  void Send(FrameKind kind, std::string_view bytes = {});

  // Takes what is there; then the frames that are whole are the next ones.
  void Receive();
  std::optional<Frame> Next() { return reader_.Next(); }

 private:
  Fd fd_;
  FrameReader reader_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_PORT_H_
