// A paragraph in English or Chinese, broken into lines. What it says, and what
// stands before its lines, is not known here.

#ifndef PIDLAB_LIB_TEXT_WRAP_H_
#define PIDLAB_LIB_TEXT_WRAP_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

// Of the terminal that all texts are made for.
inline constexpr size_t kColumns = 80;

// Lines of at most `width` columns: broken between words, and between Chinese
// characters, but never before a closing punctuation mark.
std::vector<std::string> Wrap(std::string_view paragraph, size_t width);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_WRAP_H_
