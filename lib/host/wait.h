// Waits for descriptors with poll(2), for the runner. ^C or a deadline ends the
// wait.

#ifndef PIDLAB_LIB_HOST_WAIT_H_
#define PIDLAB_LIB_HOST_WAIT_H_

#include <poll.h>

#include <optional>
#include <span>

#include "lib/linux/deadline.h"

namespace pidlab {

// Waits until one of these descriptors is ready; their `revents` say which.
// Returns false if the deadline passes first. Without a deadline it waits for
// ever. A descriptor of -1 is left out.
//
// Throws Interrupted as soon as `interrupt_fd` (-1: there is none) is readable.
// Throws Error if poll(2) fails.
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
