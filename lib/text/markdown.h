// Markdown as libcmark reads it: a tree whose nodes know their lines (<cmark.h>
// says what a node is), and plain text for a terminal. What a text is about is
// not known here.

#ifndef PIDLAB_LIB_TEXT_MARKDOWN_H_
#define PIDLAB_LIB_TEXT_MARKDOWN_H_

#include <cmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

// Without their ends. Behind the last end there is one more, an empty one if
// the text ends there.
std::vector<std::string_view> SplitLines(std::string_view text);

// Of a text that must outlive it, and has no carriage returns: for libcmark,
// these end a line as well.
class Markdown {
 public:
  explicit Markdown(std::string_view text);

  cmark_node* root() const { return root_.get(); }
  // By its number, from 1. There is none behind the last one, so it is empty.
  std::string_view Line(int number) const;

 private:
  std::vector<std::string_view> lines_;
  std::unique_ptr<cmark_node, void (*)(cmark_node*)> root_;
};

std::vector<cmark_node*> Children(cmark_node* node);

// All nodes below this one that have none below them, in the text's order.
std::vector<cmark_node*> Leaves(cmark_node* node);

// Lines of at most 80 columns, each with `indent` blanks before it, and without
// the marks of headings, `code`, **bold** and [links](…). There is a blank line
// between two blocks where the Markdown has one.
std::string PlainText(std::string_view markdown, size_t indent);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_MARKDOWN_H_
