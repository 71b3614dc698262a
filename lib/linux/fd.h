// May be called inside ON(). Fd owns one file descriptor and closes it. It
// never duplicates the descriptor, and does not know what kind of file it is.

#ifndef PIDLAB_LIB_LINUX_FD_H_
#define PIDLAB_LIB_LINUX_FD_H_

#include <unistd.h>

#include <utility>

namespace pidlab {

class [[nodiscard]] Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { Close(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_FD_H_
