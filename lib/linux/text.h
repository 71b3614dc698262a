// May be called inside ON(). Text is a string of bounded length that can be
// copied from one process to another: it owns no memory, so copying its bytes
// copies the text. It is not a string class: it can be appended to and read,
// nothing else. (Only the runner uses operator<<.)

#ifndef PIDLAB_LIB_LINUX_TEXT_H_
#define PIDLAB_LIB_LINUX_TEXT_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <ostream>
#include <string_view>

namespace pidlab {

template <size_t kCapacity>
class Text {
 public:
  constexpr Text() = default;
  constexpr Text(std::string_view text) { Append(text); }  // NOLINT: implicit
  constexpr Text(const char* text) : Text(std::string_view(text)) {}  // NOLINT

  // Keeps what fits. The rest is dropped, and truncated() is true then.
  constexpr void Append(std::string_view more) {
    const size_t room = kCapacity - size_;
    const size_t kept = std::min(more.size(), room);
    std::copy_n(more.data(), kept, bytes_ + size_);
    size_ += kept;
    dropped_ += more.size() - kept;
  }

  constexpr std::string_view view() const { return {bytes_, size_}; }
  constexpr operator std::string_view() const { return view(); }  // NOLINT

  // True if the text was longer than its capacity, in bytes.
  constexpr bool truncated() const { return dropped_ > 0; }
  static constexpr size_t capacity() { return kCapacity; }

  // Compares it with another Text, or a string of any kind.
  template <typename Other>
  requires std::convertible_to<const Other&, std::string_view>
  friend constexpr bool operator==(const Text& a, const Other& b) {
    const std::string_view other = b;
    return a.view() == other;
  }
  friend std::ostream& operator<<(std::ostream& out, const Text& text) {
    return out << text.view();
  }

 private:
  char bytes_[kCapacity] = {};
  size_t size_ = 0;
  size_t dropped_ = 0;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_TEXT_H_
