#include "lib/host/wait.h"

#include <cerrno>
#include <vector>

#include "lib/host/error.h"
#include "lib/host/names.h"

namespace pidlab {

bool Wait(std::span<pollfd> fds, int interrupt_fd,
          const std::optional<Deadline>& deadline) {
  std::vector<pollfd> all(fds.begin(), fds.end());
  all.push_back(ToRead(interrupt_fd));
  for (;;) {
    const int timeout = deadline ? deadline->RemainingMs() : -1;
    const int ready = poll(all.data(), all.size(), timeout);
    if (ready < 0 && errno != EINTR)
      FailAsHarness("poll: " + DescribeErrno(errno));
    if (ready > 0 && all.back().revents != 0) throw Interrupted();
    if (ready > 0) break;
    if (deadline && deadline->Passed()) return false;
  }
  for (size_t i = 0; i < fds.size(); ++i) fds[i].revents = all[i].revents;
  return true;
}

bool WaitToRead(int fd, int interrupt_fd,
                const std::optional<Deadline>& deadline) {
  pollfd one = ToRead(fd);
  return Wait({&one, 1}, interrupt_fd, deadline);
}

}  // namespace pidlab
