// Waiting for descriptors: the one poll(2) of the runner's side, which knows ^C
// and a deadline.

#ifndef PIDLAB_LIB_HOST_WAIT_H_
#define PIDLAB_LIB_HOST_WAIT_H_

#include <poll.h>

#include <optional>
#include <span>

#include "lib/linux/deadline.h"

namespace pidlab {

// Waits until one of these is ready, as their `revents` say then. False when
// the deadline has passed before; without one it waits for ever. A descriptor
// of -1 is left out.
//
// Throws Interrupted as soon as `interrupt_fd` (-1: there is none) is readable;
// Error if poll(2) fails.
bool Wait(std::span<pollfd> fds, int interrupt_fd,
          const std::optional<Deadline>& deadline = std::nullopt);

// The same for one descriptor that is to be read.
bool WaitToRead(int fd, int interrupt_fd,
                const std::optional<Deadline>& deadline = std::nullopt);

// A descriptor to be read, for Wait().
inline pollfd ToRead(int fd) {
  return {.fd = fd, .events = POLLIN, .revents = 0};
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_WAIT_H_
