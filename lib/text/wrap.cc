#include "lib/text/wrap.h"

#include <algorithm>

#include "lib/text/width.h"

namespace pidlab {
namespace {

// Whether a character may not begin a line.
bool ClosesText(std::string_view character) {
  static constexpr std::string_view kClosing[] = {
      "，", "。", "、", "；", "：", "？", "！", "）", "》", "」", "』", "】",
      "”",  "’",  "…",  ",",  ".",  ";",  ":",  "?",  "!",  ")",  "]"};
  return std::ranges::find(kClosing, character) != std::end(kClosing);
}

// Whether a character may not end a line.
bool OpensText(std::string_view character) {
  static constexpr std::string_view kOpening[] = {"（", "《", "「", "『", "【",
                                                  "“",  "‘",  "(",  "["};
  return std::ranges::find(kOpening, character) != std::end(kOpening);
}

// The pieces between which a line may break: words, with the blank before
// them, and wide characters, with the punctuation that stays with them.
std::vector<std::string> Pieces(std::string_view paragraph) {
  std::vector<std::string> pieces;
  Character before;
  while (!paragraph.empty()) {
    const Character c = TakeCharacter(&paragraph);
    const bool may_break =
        c.bytes == " " || ((before.wide || c.wide) && before.bytes != " " &&
                           !OpensText(before.bytes) && !ClosesText(c.bytes));
    if (pieces.empty() || may_break) {
      pieces.emplace_back(c.bytes);
    } else {
      pieces.back() += c.bytes;
    }
    before = c;
  }
  return pieces;
}

}  // namespace

std::vector<std::string> Wrap(std::string_view paragraph, size_t width) {
  std::vector<std::string> lines(1);
  for (const std::string& piece : Pieces(paragraph)) {
    std::string& line = lines.back();
    if (!line.empty() && DisplayWidth(line) + DisplayWidth(piece) > width) {
      const size_t blank = piece.starts_with(' ') ? 1 : 0;
      lines.push_back(piece.substr(blank));
    } else if (!line.empty() || piece != " ") {
      line += piece;
    }
  }
  return lines;
}

}  // namespace pidlab
