// May be called inside ON(). Datagrams with descriptors in them (unix(7),
// SOCK_SEQPACKET): the runner drives its processes with them. This code does
// not know what the bytes mean.

#ifndef PIDLAB_LIB_LINUX_SOCKET_H_
#define PIDLAB_LIB_LINUX_SOCKET_H_

#include <cstddef>
#include <span>

#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

struct SocketPair {
  Fd near;  // stays with the process that creates the pair
  Fd far;   // is passed on
};

// Both ends are O_CLOEXEC.
Sys<SocketPair> MakeSocketPair();

// At most this many descriptors fit into one datagram.
inline constexpr size_t kMaxFdsInDatagram = 4;

// Sends one datagram; never raises SIGPIPE.
Sys<size_t> SendDatagram(int socket, std::span<const std::byte> bytes,
                         std::span<const int> fds = {});

// Waits for one datagram and receives it. The value is its size in bytes, 0
// when the other side has closed. Received descriptors are O_CLOEXEC and are
// stored in `fds`; the elements that the datagram did not fill are -1. EMSGSIZE
// if it was larger than the buffers, or had more descriptors: then none of them
// is kept.
Sys<size_t> ReceiveDatagram(int socket, std::span<std::byte> bytes,
                            std::span<int> fds = {});

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_SOCKET_H_
