// Text for a terminal of 80 columns, in English or Chinese. Only widths and
// line breaks are known here, nothing of what the text says.

#ifndef PIDLAB_LIB_TEXT_LAYOUT_H_
#define PIDLAB_LIB_TEXT_LAYOUT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

inline constexpr size_t kColumns = 80;

// The columns that a UTF-8 text takes; Chinese characters take two.
size_t DisplayWidth(std::string_view text);

// `text` with blanks behind it, up to `width` columns.
std::string Padded(std::string_view text, size_t width);

// One paragraph, broken into lines of at most `width` columns: between words,
// and between Chinese characters, but never before a closing punctuation mark.
std::vector<std::string> Wrap(std::string_view paragraph, size_t width);

// The Markdown that handouts use (paragraphs, lists, quotations, code blocks,
// `code` and **bold**) as plain lines, each with `indent` blanks before it.
std::string PlainText(std::string_view markdown, size_t indent);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_LAYOUT_H_
