// How many columns of a terminal a text takes, in English or Chinese. This code
// knows nothing about lines or the locale: texts are in UTF-8.

#ifndef PIDLAB_LIB_TEXT_WIDTH_H_
#define PIDLAB_LIB_TEXT_WIDTH_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace pidlab {

struct Character {
  std::string_view bytes;
  bool wide = false;  // takes two columns, as Chinese characters do
};

// Takes the first character off the front of a text that is not empty.
Character TakeCharacter(std::string_view* text);

size_t DisplayWidth(std::string_view text);

// `text` with blanks after it, up to `width` columns.
std::string Padded(std::string_view text, size_t width);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_WIDTH_H_
