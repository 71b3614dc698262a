#include "lib/text/layout.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace pidlab {
namespace {

// One UTF-8 character: its bytes, and its code point.
struct Character {
  std::string_view bytes;
  uint32_t code;
};

Character TakeCharacter(std::string_view* text) {
  const auto lead = static_cast<unsigned char>((*text)[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const std::string_view bytes = text->substr(0, size);
  uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (size_t i = 1; i < bytes.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  }
  text->remove_prefix(bytes.size());
  return {bytes, code};
}

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

// May not begin a line.
bool ClosesText(std::string_view character) {
  static constexpr std::string_view kClosing[] = {
      "，", "。", "、", "；", "：", "？", "！", "）", "》", "」", "』", "】",
      "”",  "’",  "…",  ",",  ".",  ";",  ":",  "?",  "!",  ")",  "]"};
  return std::ranges::find(kClosing, character) != std::end(kClosing);
}

// May not end a line.
bool OpensText(std::string_view character) {
  static constexpr std::string_view kOpening[] = {"（", "《", "「", "『", "【",
                                                  "“",  "‘",  "(",  "["};
  return std::ranges::find(kOpening, character) != std::end(kOpening);
}

// The pieces between which a line may break: words, with the blank before
// them, and wide characters, with the punctuation that stays with them.
std::vector<std::string> Pieces(std::string_view paragraph) {
  std::vector<std::string> pieces;
  Character before = {};
  while (!paragraph.empty()) {
    const Character c = TakeCharacter(&paragraph);
    const bool may_break =
        c.bytes == " " ||
        ((IsWide(before.code) || IsWide(c.code)) && before.bytes != " " &&
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

// Code keeps its stars: a pointer to a pointer is no emphasis.
std::string WithoutMarks(std::string_view text) {
  std::string plain;
  bool in_code = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') {
      in_code = !in_code;
    } else if (!in_code && text.substr(i).starts_with("**")) {
      ++i;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// What stands before the first line of a list item or a quotation.
size_t MarkSize(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("> ")) return 2;
  const size_t dot = line.find(". ");
  return dot == 1 && line[0] >= '0' && line[0] <= '9' ? 3 : 0;
}

// Two lines of a Chinese paragraph are joined without a blank.
bool EndsWide(std::string_view text) {
  uint32_t code = 0;
  while (!text.empty()) code = TakeCharacter(&text).code;
  return IsWide(code);
}
bool BeginsWide(std::string_view text) {
  return !text.empty() && IsWide(TakeCharacter(&text).code);
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += IsWide(TakeCharacter(&text).code) ? 2 : 1;
  return width;
}

std::string Padded(std::string_view text, size_t width) {
  const size_t taken = DisplayWidth(text);
  return std::string(text) +
         std::string(width > taken ? width - taken : 0, ' ');
}

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

std::string PlainText(std::string_view markdown, size_t indent) {
  std::string text;
  std::string paragraph;
  size_t hang = 0;  // the width of the mark before the paragraph
  const auto flush = [&] {
    if (paragraph.empty()) return;
    const std::string mark = paragraph.substr(0, hang);
    bool first = true;
    for (const std::string& line :
         Wrap(WithoutMarks(paragraph.substr(hang)), kColumns - indent - hang)) {
      const bool with_mark = first || mark == "> ";
      text += std::string(indent, ' ') +
              (with_mark ? mark : std::string(hang, ' ')) + line + "\n";
      first = false;
    }
    paragraph.clear();
  };

  bool in_code = false;
  while (!markdown.empty()) {
    const size_t end = std::min(markdown.find('\n'), markdown.size());
    std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line.starts_with("```")) {
      flush();
      in_code = !in_code;
    } else if (in_code) {
      text += std::string(indent + 2, ' ') + std::string(line) + "\n";
    } else if (line.empty() || line == ">") {
      flush();
      text += line.empty() ? "\n" : std::string(indent, ' ') + ">\n";
    } else if (const size_t mark = MarkSize(line);
               mark > 0 && !(line[0] == '>' && paragraph.starts_with(">"))) {
      flush();
      paragraph = line;
      hang = mark;
    } else {
      if (paragraph.empty()) hang = 0;
      if (line.starts_with("> ")) line.remove_prefix(2);
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      const bool joined =
          paragraph.empty() || (EndsWide(paragraph) && BeginsWide(line));
      paragraph += (joined ? "" : " ") + std::string(line);
    }
  }
  flush();
  return text;
}

}  // namespace pidlab
