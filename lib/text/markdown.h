// Markdown as libcmark reads it: a tree whose nodes know their lines (<cmark.h>
// says what a node is), and plain text for a terminal. This code does not know
// what a text is about.

#ifndef PIDLAB_LIB_TEXT_MARKDOWN_H_
#define PIDLAB_LIB_TEXT_MARKDOWN_H_

#include <cmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

// The lines of a text, without their newlines. There is one more line after the
// last newline; it is empty if the text ends there.
std::vector<std::string_view> SplitLines(std::string_view text);

// A parsed text. The text must outlive it, and must not have carriage returns:
// libcmark ends a line at them as well.
class Markdown {
 public:
  explicit Markdown(std::string_view text);

  cmark_node* root() const { return root_.get(); }
  // The line of this number, from 1. It is empty if there is no such line.
  std::string_view Line(int number) const;

 private:
  std::vector<std::string_view> lines_;
  std::unique_ptr<cmark_node, void (*)(cmark_node*)> root_;
};

std::vector<cmark_node*> Children(cmark_node* node);

// The nodes below this one that have no children, in the order of the text.
std::vector<cmark_node*> Leaves(cmark_node* node);

// Lines of at most 80 columns, each with `indent` blanks before it, and without
// the marks of headings, `code`, **bold** and [links](…). There is a blank line
// between two blocks where the Markdown has one.
std::string PlainText(std::string_view markdown, size_t indent);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_MARKDOWN_H_
