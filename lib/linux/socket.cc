#include "lib/linux/socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace pidlab {
namespace {

// Room for the largest control message, aligned as the kernel expects it.
struct alignas(cmsghdr) Control {
  std::byte bytes[CMSG_SPACE(kMaxFdsInDatagram * sizeof(int))];
};

}  // namespace

Sys<SocketPair> MakeSocketPair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return Sys<SocketPair>::Failed(errno);
  }
  return {{Fd(ends[0]), Fd(ends[1])}};
}

Sys<size_t> SendDatagram(int socket, std::span<const std::byte> bytes,
                         std::span<const int> fds) {
  if (fds.size() > kMaxFdsInDatagram) return Sys<size_t>::Failed(EINVAL);
  iovec data = {.iov_base = const_cast<std::byte*>(bytes.data()),
                .iov_len = bytes.size()};
  Control control;
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  for (;;) {
    const ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {static_cast<size_t>(sent)};
    if (errno != EINTR) return Sys<size_t>::Failed(errno);
  }
}

Sys<size_t> ReceiveDatagram(int socket, std::span<std::byte> bytes,
                            std::span<int> fds) {
  std::ranges::fill(fds, -1);
  iovec data = {.iov_base = bytes.data(), .iov_len = bytes.size()};
  Control control;
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof(control.bytes);
  ssize_t received;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return Sys<size_t>::Failed(errno);

  bool complete = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  size_t kept = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      if (kept < fds.size()) {
        fds[kept++] = fd;
      } else {
        close(fd);
        complete = false;
      }
    }
  }
  if (!complete) {
    for (size_t i = 0; i < kept; ++i) close(std::exchange(fds[i], -1));
    return Sys<size_t>::Failed(EMSGSIZE);
  }
  return {static_cast<size_t>(received)};
}

}  // namespace pidlab
