#include "lib/lab/handout.h"

#include <cmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>

#include "lib/text/markdown.h"

namespace pidlab {
namespace {

struct Words {
  std::array<std::string_view, 6> sections;
  std::string_view answer;
};

const Words& WordsOf(Language language) {
  static constexpr Words kEnglish = {
      {"Claim", "Predict", "Run", "Explain", "By hand", "Hints"}, "Answer: "};
  static constexpr Words kChinese = {
      {"论断", "预测", "运行", "解释", "动手", "提示"}, "答案："};
  return language == Language::kEnglish ? kEnglish : kChinese;
}

[[noreturn]] void Fail(int line, const std::string& what) {
  throw std::runtime_error(fmt::format("line {}: {}", line, what));
}

using Blocks = std::vector<cmark_node*>;

int FirstLine(cmark_node* block) { return cmark_node_get_start_line(block); }

std::string Trimmed(std::string text) {
  return text.erase(text.find_last_not_of(" \n") + 1);
}

constexpr char kNoItem[] = "an item of a list goes on with an indent";

// The Markdown of blocks that follow each other, without the indent that they
// have in a list. Markdown lets a paragraph go on with a line that has no
// indent; here that is an error.
std::string TextOf(const Blocks& blocks, const Markdown& markdown) {
  std::string text;
  if (blocks.empty()) return text;
  cmark_node* first = blocks.front();
  size_t indent = 0;
  if (cmark_node_get_type(cmark_node_parent(first)) == CMARK_NODE_ITEM) {
    indent = static_cast<size_t>(cmark_node_get_start_column(first)) - 1;
  }
  for (int i = FirstLine(first); i <= cmark_node_get_end_line(blocks.back());
       ++i) {
    const std::string_view line = markdown.Line(i);
    if (i > FirstLine(first) && line.find_first_not_of(' ') < indent) {
      Fail(i, kNoItem);
    }
    text += line.substr(std::min(indent, line.size()));
    text += '\n';
  }
  return Trimmed(text);
}

std::vector<std::string> ItemsOf(cmark_node* list, const Markdown& markdown) {
  std::vector<std::string> items;
  for (cmark_node* item : Children(list)) {
    items.push_back(TextOf(Children(item), markdown));
  }
  return items;
}

// A heading, and the blocks below it up to the next heading of its level.
struct Part {
  int line = 1;         // of the heading
  std::string heading;  // Markdown
  Blocks blocks;
};

// Splits the blocks at the headings of this level. The first part has no
// heading.
std::vector<Part> Cut(const Blocks& blocks, int level,
                      const Markdown& markdown) {
  std::vector<Part> parts(1);
  for (cmark_node* block : blocks) {
    if (cmark_node_get_heading_level(block) == level) {
      std::string heading(markdown.Line(FirstLine(block)));
      const size_t mark = heading.find_first_not_of('#');
      heading.erase(0, heading.find_first_not_of(' ', mark));
      parts.push_back({FirstLine(block), Trimmed(heading), {}});
    } else {
      parts.back().blocks.push_back(block);
    }
  }
  return parts;
}

// The parts of a section. It must not have anything before the first part.
std::vector<Part> Subsections(const Part& section, const Markdown& markdown) {
  std::vector<Part> parts = Cut(section.blocks, 3, markdown);
  if (const Blocks& before = parts.front().blocks; !before.empty()) {
    Fail(FirstLine(before.front()),
         "what stands here is shown nowhere: begin with ### …");
  }
  parts.erase(parts.begin());
  return parts;
}

// The first number in a text; 0 if there is none.
int NumberIn(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Prediction ParsePrediction(const Part& part, const Words& words,
                           const Markdown& markdown) {
  Prediction prediction;
  const std::string& heading = part.heading;
  const size_t colon = std::min(heading.find(": "), heading.find("："));
  if (colon == heading.npos) {
    Fail(part.line, "a question stands behind a colon");
  }
  prediction.step = NumberIn(heading.substr(0, colon));
  if (prediction.step == 0) Fail(part.line, "before which step?");
  prediction.question = heading.substr(colon + (heading[colon] == ':' ? 2 : 3));

  const auto begin = part.blocks.begin();
  const auto end = part.blocks.end();
  const auto answer = std::find_if(begin, end, [&](cmark_node* block) {
    return markdown.Line(FirstLine(block)).starts_with(words.answer);
  });
  if (answer == end) {
    Fail(part.line,
         fmt::format("a prediction ends with a blank line and \"{}…\"",
                     words.answer));
  }
  const int line = FirstLine(*answer);
  constexpr char kBelow[] = "nothing stands below the answer";
  if (cmark_node_get_end_line(*answer) > line) Fail(line + 1, kBelow);
  if (answer + 1 != end) Fail(FirstLine(answer[1]), kBelow);

  const auto list = std::find_if(begin, answer, [](cmark_node* block) {
    return cmark_node_get_type(block) == CMARK_NODE_LIST;
  });
  constexpr char kNoChoices[] = "a prediction needs choices: - a) …";
  if (list == answer) Fail(part.line, kNoChoices);
  if (list + 1 != answer) Fail(FirstLine(list[1]), kNoItem);
  prediction.text = TextOf({begin, list}, markdown);
  for (const std::string& item : ItemsOf(*list, markdown)) {
    const char letter = static_cast<char>('a' + prediction.choices.size());
    if (!item.starts_with(fmt::format("{}) ", letter))) {
      Fail(part.line, fmt::format("the next choice should be - {})", letter));
    }
    prediction.choices.push_back(item.substr(3));
  }
  if (prediction.choices.size() < 2) Fail(part.line, kNoChoices);
  const auto letter = markdown.Line(line).substr(words.answer.size());
  if (letter.size() != 1 ||
      static_cast<size_t>(letter[0] - 'a') >= prediction.choices.size()) {
    Fail(line, "the answer is no choice");
  }
  prediction.answer = letter[0];
  return prediction;
}

bool IsSession(cmark_node* node) {
  const char* info = cmark_node_get_fence_info(node);  // null: no code block
  return info != nullptr && std::string_view(info).starts_with("console");
}

Session ParseSession(cmark_node* block) {
  Session session;
  int number = FirstLine(block);
  const std::string_view info = cmark_node_get_fence_info(block);
  if (info != "console") {
    session.step = NumberIn(info);
    if (session.step == 0 ||
        info != fmt::format("console step={}", session.step)) {
      Fail(number, "this should be \"```console step=N\"");
    }
  }
  std::vector<std::string_view> lines =
      SplitLines(cmark_node_get_literal(block));
  lines.pop_back();
  for (const std::string_view line : lines) {
    ++number;
    if (line.starts_with("$ ")) {
      session.commands.push_back({std::string(line.substr(2)), ""});
    } else if (session.commands.empty()) {
      Fail(number, "output stands below a command: $ …");
    } else if (TypedCommand& last = session.commands.back();
               last.output.empty() && line.starts_with("> ")) {
      // The command goes on in this line, as in bash.
      last.command += fmt::format("\n{}", line.substr(2));
    } else {
      last.output += fmt::format("{}\n", line);
    }
  }
  return session;
}

// Each text between two "…" is matched where it first occurs: that leaves the
// most room for what follows.
bool MatchesLine(std::string_view expected, std::string_view printed) {
  constexpr std::string_view kAnything = "…";
  size_t end = expected.find(kAnything);
  if (end == expected.npos) return expected == printed;
  if (!printed.starts_with(expected.substr(0, end))) return false;
  printed.remove_prefix(end);
  while (true) {
    expected.remove_prefix(end + kAnything.size());
    end = expected.find(kAnything);
    if (end == expected.npos) return printed.ends_with(expected);
    const size_t found = printed.find(expected.substr(0, end));
    if (found == printed.npos) return false;
    printed.remove_prefix(found + end);
  }
}

std::vector<LabTexts>& Registered() {
  static std::vector<LabTexts> texts;
  return texts;
}

}  // namespace

Handout ParseHandout(std::string_view text, Language language) {
  // A carriage return is a control character, too: Markdown would end a line
  // there, but SplitLines() does not.
  const auto control = std::ranges::find_if(text, [](unsigned char c) {
    return (c < ' ' && c != '\t' && c != '\n') || c == 0x7F;
  });
  if (control != text.end()) {
    Fail(1 + static_cast<int>(std::count(text.begin(), control, '\n')),
         "a control character");
  }
  const Words& words = WordsOf(language);
  const Markdown markdown(text);
  const std::vector<Part> parts = Cut(Children(markdown.root()), 2, markdown);
  const std::span sections = std::span(parts).subspan(1);
  for (size_t i = 0; i < words.sections.size(); ++i) {
    const bool ended = i >= sections.size();
    if (!ended && sections[i].heading == words.sections[i]) continue;
    const int end = std::max(1, cmark_node_get_end_line(markdown.root()));
    Fail(
        ended ? end : sections[i].line,
        fmt::format("the next section should be \"## {}\"", words.sections[i]));
  }
  if (sections.size() > words.sections.size()) {
    Fail(sections.back().line, "a section too many");
  }
  Handout handout;
  const std::vector<Part> titles = Cut(parts[0].blocks, 1, markdown);
  const std::string& title = titles.back().heading;
  const size_t blank = title.find(' ');
  if (titles.back().line != 1 || blank == title.npos) {
    Fail(1, "the first line should be \"# NN Title\"");
  }
  handout.title = title.substr(blank + 1);
  handout.claim = TextOf(sections[0].blocks, markdown);
  for (const Part& part : Subsections(sections[1], markdown)) {
    handout.predictions.push_back(ParsePrediction(part, words, markdown));
  }
  for (const Part& part : Subsections(sections[2], markdown)) {
    const std::string mark = fmt::format("{}. ", handout.steps.size() + 1);
    if (!part.heading.starts_with(mark)) {
      Fail(part.line, fmt::format("the next step should be \"### {}…\"", mark));
    }
    handout.steps.push_back(
        {part.heading.substr(mark.size()), TextOf(part.blocks, markdown)});
    if (handout.steps.back().why.empty()) Fail(part.line, "a step says why");
  }
  handout.explain = TextOf(sections[3].blocks, markdown);
  handout.by_hand = TextOf(sections[4].blocks, markdown);
  for (cmark_node* block : sections[4].blocks) {
    for (cmark_node* leaf : Leaves(block)) {
      if (IsSession(leaf)) handout.sessions.push_back(ParseSession(leaf));
    }
  }
  for (cmark_node* block : sections[5].blocks) {
    if (cmark_node_get_list_type(block) != CMARK_ORDERED_LIST) {
      Fail(FirstLine(block), kNoItem);
    }
    std::ranges::move(ItemsOf(block, markdown),
                      std::back_inserter(handout.hints));
  }
  return handout;
}

bool MatchesOutput(std::string_view expected, std::string_view printed) {
  return std::ranges::equal(SplitLines(expected), SplitLines(printed),
                            MatchesLine);
}

LabTextsRegistration::LabTextsRegistration(LabTexts texts) {
  Registered().push_back(std::move(texts));
}

const LabTexts* FindLabTexts(std::string_view folder) {
  const auto& all = Registered();
  const auto found = std::ranges::find(all, folder, &LabTexts::folder);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace pidlab
