#include "tool/vm/frames.h"

#include <fmt/core.h>

#include <charconv>

namespace pidlab {
namespace {

// A frame is "\x01pidlab", its kind, its size in eight hexadecimal digits, and
// its bytes.
constexpr std::string_view kMark = "\001pidlab";
constexpr size_t kSizeDigits = 8;
constexpr size_t kHead = kMark.size() + 1 + kSizeDigits;
constexpr size_t kMaxSize = size_t{1} << 20;  // a larger one is not ours

}  // namespace

std::string Encode(FrameKind kind, std::string_view bytes) {
  return fmt::format("{}{}{:08x}{}", kMark, static_cast<char>(kind),
                     bytes.size(), bytes);
}

std::optional<Frame> FrameReader::Next() {
  const size_t begin = bytes_.find(kMark);
  if (begin == bytes_.npos) {
    // Perhaps only the beginning of the mark has arrived.
    if (bytes_.size() > kMark.size()) {
      bytes_.erase(0, bytes_.size() - kMark.size());
    }
    return {};
  }
  bytes_.erase(0, begin);
  if (bytes_.size() < kHead) return {};
  size_t size = 0;
  const char* digits = bytes_.data() + kMark.size() + 1;
  std::from_chars(digits, digits + kSizeDigits, size, 16);
  if (size > kMaxSize) {
    bytes_.erase(0, kMark.size());
    return Next();
  }
  if (bytes_.size() < kHead + size) return {};
  Frame frame{static_cast<FrameKind>(bytes_[kMark.size()]),
              bytes_.substr(kHead, size)};
  bytes_.erase(0, kHead + size);
  return frame;
}

}  // namespace pidlab
