#include "lib/text/markdown.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

// What is printed before the first line of a block.
std::string MarkOf(cmark_node* block) {
  const cmark_node_type type = cmark_node_get_type(block);
  if (type == CMARK_NODE_BLOCK_QUOTE) return "> ";
  if (type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK)
    return "  ";
  if (type == CMARK_NODE_THEMATIC_BREAK) return "---";
  if (type != CMARK_NODE_ITEM) return "";
  cmark_node* list = cmark_node_parent(block);
  if (cmark_node_get_list_type(list) == CMARK_BULLET_LIST) return "- ";
  int number = cmark_node_get_list_start(list);
  while ((block = cmark_node_previous(block)) != nullptr) ++number;
  const bool dot = cmark_node_get_list_delim(list) == CMARK_PERIOD_DELIM;
  return std::to_string(number) + (dot ? ". " : ") ");
}

// A paragraph as one line. The end of a line in it becomes a blank, but not
// between two Chinese characters.
std::string InOneLine(cmark_node* paragraph) {
  std::string line;
  Character last;
  bool line_ended = false;
  for (cmark_node* leaf : Leaves(paragraph)) {
    const char* literal = cmark_node_get_literal(leaf);
    std::string_view rest = literal == nullptr ? "" : literal;
    if (rest.empty()) {
      line_ended = true;
      continue;
    }
    const bool after_wide = std::exchange(last, TakeCharacter(&rest)).wide;
    if (line_ended && !(after_wide && last.wide)) line += ' ';
    line_ended = false;
    line += literal;
    while (!rest.empty()) last = TakeCharacter(&rest);
  }
  return line;
}

std::vector<std::string> LinesOf(cmark_node* block, size_t width,
                                 const Markdown& markdown) {
  const cmark_node_type type = cmark_node_get_type(block);
  // A block that is nested too deeply for the terminal loses its marks as well.
  if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING ||
      width == 0) {
    return Wrap(InOneLine(block), width);
  }
  const std::string mark = MarkOf(block);
  width -= std::min(width, mark.size());
  std::vector<std::string> lines;
  if (const char* literal = cmark_node_get_literal(block)) {
    const std::vector<std::string_view> code = SplitLines(literal);
    lines.assign(code.begin(), code.end() - 1);
  }
  for (cmark_node* child : Children(block)) {
    const auto above = markdown.Line(cmark_node_get_start_line(child) - 1);
    const bool apart = above.find_first_not_of(" \t>") == above.npos;
    if (apart && !lines.empty()) lines.emplace_back();
    std::ranges::move(LinesOf(child, width, markdown),
                      std::back_inserter(lines));
  }
  if (lines.empty() && !mark.empty()) lines.emplace_back();
  const std::string room(mark.size(), ' ');
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].insert(0, i == 0 || mark == "> " ? mark : room);
  }
  return lines;
}

}  // namespace

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t end = 0; end != text.npos;) {
    end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Markdown::Markdown(std::string_view text)
    : lines_(SplitLines(text)),
      root_(cmark_parse_document(text.data(), text.size(), CMARK_OPT_DEFAULT),
            cmark_node_free) {}

std::string_view Markdown::Line(int number) const {
  const auto index = static_cast<size_t>(number) - 1;
  return index < lines_.size() ? lines_[index] : std::string_view();
}

std::vector<cmark_node*> Children(cmark_node* node) {
  std::vector<cmark_node*> children;
  for (node = cmark_node_first_child(node); node != nullptr;
       node = cmark_node_next(node)) {
    children.push_back(node);
  }
  return children;
}

std::vector<cmark_node*> Leaves(cmark_node* node) {
  std::vector<cmark_node*> leaves;
  cmark_iter* iter = cmark_iter_new(node);
  while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
    node = cmark_iter_get_node(iter);
    if (cmark_node_first_child(node) == nullptr) leaves.push_back(node);
  }
  cmark_iter_free(iter);
  return leaves;
}

std::string PlainText(std::string_view markdown, size_t indent) {
  std::string text;
  const Markdown parsed(markdown);
  for (const std::string& line :
       LinesOf(parsed.root(), kColumns - indent, parsed)) {
    text += std::string(indent, ' ') + line;
    // Blanks that only align something are not printed at the end of a line.
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace pidlab
