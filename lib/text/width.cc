#include "lib/text/width.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace pidlab {
namespace {

// East Asian Width W and F (Unicode Standard Annex 11), as far as Chinese
// texts need it.
bool IsWide(uint32_t code) {
  static constexpr std::pair<uint32_t, uint32_t> kWide[] = {
      {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF},
      {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
      {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x20000, 0x3FFFD},
  };
  return std::ranges::any_of(kWide, [code](const auto& range) {
    return range.first <= code && code <= range.second;
  });
}

}  // namespace

Character TakeCharacter(std::string_view* text) {
  const auto lead = static_cast<unsigned char>((*text)[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const std::string_view bytes = text->substr(0, size);
  uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (size_t i = 1; i < bytes.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  }
  text->remove_prefix(bytes.size());
  return {bytes, IsWide(code)};
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += TakeCharacter(&text).wide ? 2 : 1;
  return width;
}

std::string Padded(std::string_view text, size_t width) {
  const size_t taken = DisplayWidth(text);
  return std::string(text) +
         std::string(width > taken ? width - taken : 0, ' ');
}

}  // namespace pidlab
