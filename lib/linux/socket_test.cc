#include "lib/linux/socket.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <set>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "lib/linux/ending.h"

namespace pidlab {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;

std::span<const std::byte> Bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// The descriptors of this process.
std::set<int> OpenDescriptors() {
  std::set<int> open;
  for (int fd = 0; fd < 256; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) open.insert(fd);
  }
  return open;
}

// Tells which file a descriptor means.
ino_t InodeOf(int fd) {
  struct stat status {};
  fstat(fd, &status);
  return status.st_ino;
}

// Does the same as SendDatagram(), but without its limits.
void SendRaw(int socket, size_t size, const std::vector<int>& fds) {
  const std::vector<char> bytes(size, 'x');
  alignas(cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {};
  iovec data = {const_cast<char*>(bytes.data()), size};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
  memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
  ASSERT_EQ(sendmsg(socket, &message, 0), static_cast<ssize_t>(size));
}

class Datagram : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = OpenDescriptors();
    Sys<SocketPair> pair = MakeSocketPair();
    ASSERT_EQ(pair.err, 0);
    pair_ = std::move(pair.value);
    ASSERT_EQ(pipe2(files_, O_CLOEXEC), 0);
  }

  // No test leaves a descriptor behind.
  void TearDown() override {
    pair_ = {};
    for (const int file : files_) close(file);
    EXPECT_EQ(OpenDescriptors(), before_);
  }

  // What the far end receives in a buffer of `size` bytes.
  Sys<size_t> Receive(size_t size, std::span<int> fds = {}) {
    buffer_.assign(size, '\0');
    return ReceiveDatagram(pair_.far.get(),
                           std::as_writable_bytes(std::span(buffer_)), fds);
  }

  SocketPair pair_;
  int files_[2] = {-1, -1};  // of any kind, to be sent
  std::vector<char> buffer_;

 private:
  std::set<int> before_;
};

TEST_F(Datagram, ArrivesAsItWasSent) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("one")).value, 3u);
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("second")).value, 6u);
  Sys<size_t> size = Receive(100);
  ASSERT_EQ(size.err, 0);
  EXPECT_EQ(std::string_view(buffer_.data(), size.value), "one");
  size = Receive(6);
  ASSERT_EQ(size.err, 0);
  EXPECT_EQ(std::string_view(buffer_.data(), size.value), "second");
}

TEST_F(Datagram, TravelsBothWays) {
  EXPECT_EQ(SendDatagram(pair_.far.get(), Bytes("back")).err, 0);
  buffer_.assign(100, '\0');
  EXPECT_EQ(ReceiveDatagram(pair_.near.get(),
                            std::as_writable_bytes(std::span(buffer_)))
                .value,
            4u);
}

TEST_F(Datagram, HasEndsThatExecCloses) {
  EXPECT_EQ(fcntl(pair_.near.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(fcntl(pair_.far.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(Datagram, BringsDescriptorsInTheirOrder) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), files_).err, 0);
  int fds[kMaxFdsInDatagram] = {0, 0, 0, 0};
  EXPECT_EQ(Receive(1, fds).value, 1u);
  const Fd first(fds[0]);
  const Fd second(fds[1]);
  EXPECT_EQ(InodeOf(first.get()), InodeOf(files_[0]));
  EXPECT_EQ(fcntl(first.get(), F_GETFL) & O_ACCMODE, O_RDONLY);
  EXPECT_EQ(fcntl(second.get(), F_GETFL) & O_ACCMODE, O_WRONLY);
  EXPECT_EQ(fcntl(first.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(fds[2], -1);
  EXPECT_EQ(fds[3], -1);
}

TEST_F(Datagram, BringsAsManyDescriptorsAsItMay) {
  const int sent[kMaxFdsInDatagram] = {0, files_[0], files_[1], files_[0]};
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), sent).err, 0);
  int fds[kMaxFdsInDatagram];
  EXPECT_EQ(Receive(1, fds).err, 0);
  EXPECT_THAT(fds, Each(Gt(2)));
  for (const int fd : fds) close(fd);
}

TEST_F(Datagram, FillsThePlacesWithoutADescriptor) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x")).err, 0);
  int fds[] = {0, 0};
  EXPECT_EQ(Receive(1, fds).err, 0);
  EXPECT_THAT(fds, ElementsAre(-1, -1));
}

TEST_F(Datagram, IsNotSentWithTooManyDescriptors) {
  const int sent[kMaxFdsInDatagram + 1] = {0, 1, 2, files_[0], files_[1]};
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), sent).err, EINVAL);
}

TEST_F(Datagram, IsNotSentWithADescriptorThatIsNone) {
  const int sent[] = {files_[0], -1};
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), sent).err, EBADF);
}

TEST_F(Datagram, IsTooLargeForTheBuffer) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("12345")).err, 0);
  EXPECT_EQ(Receive(4).err, EMSGSIZE);
}

TEST_F(Datagram, LeavesNoDescriptorWhenItIsTooLarge) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("12345"), files_).err, 0);
  int fds[kMaxFdsInDatagram];
  EXPECT_EQ(Receive(4, fds).err, EMSGSIZE);
  EXPECT_THAT(fds, Each(-1));
}

TEST_F(Datagram, HasMoreDescriptorsThanAreTaken) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), files_).err, 0);
  EXPECT_EQ(Receive(1).err, EMSGSIZE);
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), files_).err, 0);
  int fds[1];
  EXPECT_EQ(Receive(1, fds).err, EMSGSIZE);
  EXPECT_EQ(fds[0], -1);
}

TEST_F(Datagram, HasMoreDescriptorsThanThereIsRoomFor) {
  SendRaw(pair_.near.get(), 1, {0, 1, 2, files_[0], files_[1], 0, 1, 2});
  int fds[kMaxFdsInDatagram];
  EXPECT_EQ(Receive(1, fds).err, EMSGSIZE);
  EXPECT_THAT(fds, Each(-1));
}

TEST_F(Datagram, IsTooLargeWhenNoMoreDescriptorsMayBeOpened) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("x"), files_).err, 0);
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  // There is room for one of the two descriptors.
  const int next = dup(0);
  close(next);
  const rlimit little = {static_cast<rlim_t>(next) + 1, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &little);
  int fds[kMaxFdsInDatagram];
  const Sys<size_t> size = Receive(1, fds);
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(size.err, EMSGSIZE);
  EXPECT_THAT(fds, Each(-1));
}

TEST_F(Datagram, IsLargerThanTheSocketTakes) {
  const std::vector<std::byte> bytes(size_t{64} << 20);
  EXPECT_EQ(SendDatagram(pair_.near.get(), bytes).err, EMSGSIZE);
}

TEST_F(Datagram, HasNoBytesWhenTheOtherSideHasClosed) {
  pair_.near.Close();
  int fds[] = {0};
  const Sys<size_t> size = Receive(1, fds);
  EXPECT_EQ(size.err, 0);
  EXPECT_EQ(size.value, 0u);
  EXPECT_EQ(fds[0], -1);
}

TEST_F(Datagram, StillArrivesFromWhoHasClosed) {
  EXPECT_EQ(SendDatagram(pair_.near.get(), Bytes("last")).err, 0);
  pair_.near.Close();
  EXPECT_EQ(Receive(10).value, 4u);
  EXPECT_EQ(Receive(10).value, 0u);
}

TEST_F(Datagram, RaisesNoSignalWhenTheOtherSideHasClosed) {
  pair_.far.Close();
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    _exit(SendDatagram(pair_.near.get(), Bytes("x")).err);
  }
  EXPECT_EQ(WaitFor(child).value, Exited(EPIPE));
}

TEST_F(Datagram, FailsWithoutASocket) {
  EXPECT_EQ(SendDatagram(-1, Bytes("x")).err, EBADF);
  EXPECT_EQ(SendDatagram(files_[1], Bytes("x")).err, ENOTSOCK);
  std::byte byte;
  int fds[] = {0};
  EXPECT_EQ(ReceiveDatagram(-1, std::span(&byte, 1), fds).err, EBADF);
  EXPECT_EQ(fds[0], -1);
}

}  // namespace
}  // namespace pidlab
