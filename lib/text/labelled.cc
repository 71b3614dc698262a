#include "lib/text/labelled.h"

#include <algorithm>

#include "lib/text/width.h"

namespace pidlab {

std::string Labelled(std::string_view label, std::string_view text,
                     size_t columns) {
  const size_t width = DisplayWidth(label);
  std::string result;
  while (true) {
    const size_t end = std::min(text.find('\n'), text.size());
    for (const std::string& line : Wrap(text.substr(0, end), columns - width)) {
      result += result.empty() ? std::string(label) : std::string(width, ' ');
      result += line;
      // Blanks that only align something are not printed at the end of a line.
      result.erase(result.find_last_not_of(' ') + 1);
      result += '\n';
    }
    if (end == text.size() || end + 1 == text.size()) return result;
    text.remove_prefix(end + 1);
  }
}

}  // namespace pidlab
