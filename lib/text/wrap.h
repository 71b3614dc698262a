// A paragraph in English or Chinese, broken into lines. This code does not know
// what it says, or what is printed before its lines.

#ifndef PIDLAB_LIB_TEXT_WRAP_H_
#define PIDLAB_LIB_TEXT_WRAP_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

// The width of the terminal that all texts are made for.
inline constexpr size_t kColumns = 80;

// Lines of at most `width` columns: broken between words, and between Chinese
// characters, but never before a closing punctuation mark.
std::vector<std::string> Wrap(std::string_view paragraph, size_t width);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_WRAP_H_
