// Puts a text beside a label.

#ifndef PIDLAB_LIB_TEXT_LABELLED_H_
#define PIDLAB_LIB_TEXT_LABELLED_H_

#include <string>
#include <string_view>

#include "lib/text/wrap.h"

namespace pidlab {

// The text in lines of at most `columns` columns, each with its newline. The
// first line stands beside the label, the others below it, indented by the
// label's width. A newline in the text is kept.
std::string Labelled(std::string_view label, std::string_view text,
                     size_t columns = kColumns);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_LABELLED_H_
