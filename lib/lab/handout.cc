#include "lib/lab/handout.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

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

struct Line {
  int number;  // in the file, from 1
  std::string_view text;
};
using Lines = std::vector<Line>;

Lines SplitLines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back({static_cast<int>(lines.size()) + 1, text.substr(0, end)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

[[noreturn]] void Fail(int line, const std::string& what) {
  throw std::runtime_error("line " + std::to_string(line) + ": " + what);
}

// The lines as they stand, without blank ones at both ends.
std::string Joined(const Lines& lines) {
  std::string text;
  for (const Line& line : lines) text += std::string(line.text) + "\n";
  const size_t first = text.find_first_not_of('\n');
  if (first == text.npos) return "";
  text.erase(0, first);
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

// A heading, and the lines below it up to the next one of its level.
struct Part {
  Line heading;
  Lines lines;
};

// Cuts at the headings that begin with `mark`, as "## "; code blocks have none.
// What stands before the first one is in `before`.
std::vector<Part> Cut(const Lines& lines, std::string_view mark,
                      Lines* before) {
  std::vector<Part> parts;
  bool in_code = false;
  for (const Line& line : lines) {
    if (line.text.starts_with("```")) in_code = !in_code;
    if (!in_code && line.text.starts_with(mark)) {
      parts.push_back({{line.number, line.text.substr(mark.size())}, {}});
    } else {
      (parts.empty() ? *before : parts.back().lines).push_back(line);
    }
  }
  return parts;
}

// The parts of a section that consists of nothing else.
std::vector<Part> Subsections(const Part& section) {
  Lines before;
  std::vector<Part> parts = Cut(section.lines, "### ", &before);
  for (const Line& line : before) {
    if (!line.text.empty()) {
      Fail(line.number, "what stands here is shown nowhere: begin with ### …");
    }
  }
  return parts;
}

// The first number in a text.
std::optional<int> NumberIn(std::string_view text) {
  const auto digit =
      std::ranges::find_if(text, [](unsigned char c) { return isdigit(c); });
  int number = 0;
  const char* begin = text.data() + (digit - text.begin());
  const char* end = text.data() + text.size();
  if (std::from_chars(begin, end, number).ec != std::errc()) return {};
  return number;
}

// What stands before and behind the first ": " or "：".
std::pair<std::string_view, std::string_view> AroundColon(const Line& heading) {
  constexpr std::string_view kNarrow = ": ";
  constexpr std::string_view kWide = "：";
  const std::string_view text = heading.text;
  const size_t narrow = text.find(kNarrow);
  const size_t wide = text.find(kWide);
  const size_t at = std::min(narrow, wide);
  if (at == text.npos) Fail(heading.number, "a question stands behind a colon");
  const size_t size = at == narrow ? kNarrow.size() : kWide.size();
  return {text.substr(0, at), text.substr(at + size)};
}

// The items of a list, of which a line begins with `mark`, "- " or a number, or
// goes on with an indent.
template <typename IsItem>
std::vector<std::string> ListItems(const Lines& lines, IsItem text_of_item) {
  std::vector<std::string> items;
  for (const Line& line : lines) {
    if (const std::optional<std::string_view> text = text_of_item(line.text)) {
      items.emplace_back(*text);
    } else if (line.text.starts_with("  ") && !items.empty()) {
      const size_t indent = line.text.find_first_not_of(' ');
      items.back() +=
          "\n" +
          std::string(line.text.substr(std::min(indent, line.text.size())));
    } else if (!line.text.empty()) {
      Fail(line.number, "an item of a list goes on with an indent");
    }
  }
  return items;
}

std::optional<std::string_view> NumberedItem(std::string_view line) {
  const size_t dot = line.find(". ");
  if (dot == 0 || dot == line.npos || dot > 2 ||
      !std::ranges::all_of(line.substr(0, dot),
                           [](unsigned char c) { return isdigit(c); })) {
    return {};
  }
  return line.substr(dot + 2);
}

Prediction ParsePrediction(const Part& part, const Words& words) {
  Prediction prediction;
  const auto [before, question] = AroundColon(part.heading);
  const std::optional<int> step = NumberIn(before);
  if (!step) Fail(part.heading.number, "before which step?");
  prediction.step = *step;
  prediction.question = question;

  Lines text;
  Lines choices;
  std::optional<Line> answer;
  for (const Line& line : part.lines) {
    if (line.text.starts_with(words.answer)) {
      answer = line;
    } else if (answer && !line.text.empty()) {
      Fail(line.number, "nothing stands below the answer");
    } else if (choices.empty() && !line.text.starts_with("- ")) {
      text.push_back(line);
    } else {
      choices.push_back(line);
    }
  }
  if (!answer) {
    Fail(part.heading.number,
         "a prediction ends with \"" + std::string(words.answer) + "…\"");
  }
  prediction.text = Joined(text);
  for (const std::string& item : ListItems(choices, [](std::string_view line) {
         return line.starts_with("- ") ? std::optional(line.substr(2))
                                       : std::nullopt;
       })) {
    const char letter = static_cast<char>('a' + prediction.choices.size());
    if (!item.starts_with(std::string(1, letter) + ") ")) {
      Fail(part.heading.number,
           std::string("the next choice should be - ") + letter + ")");
    }
    prediction.choices.push_back(item.substr(3));
  }
  if (prediction.choices.size() < 2) {
    Fail(part.heading.number, "a prediction needs choices: - a) …");
  }
  const std::string_view letter = answer->text.substr(words.answer.size());
  if (letter.size() != 1 || letter[0] < 'a' ||
      letter[0] >= static_cast<char>('a' + prediction.choices.size())) {
    Fail(answer->number, "the answer is no choice");
  }
  prediction.answer = letter[0];
  return prediction;
}

std::vector<Session> ParseSessions(const Lines& lines) {
  constexpr std::string_view kFence = "```console";
  std::vector<Session> sessions;
  bool inside = false;
  bool continues = false;  // "> " goes on with the command, as in bash
  for (const Line& line : lines) {
    if (line.text.starts_with(kFence)) {
      inside = true;
      continues = false;
      sessions.emplace_back();
      const std::string_view info = line.text.substr(kFence.size());
      if (!info.empty()) {
        sessions.back().step = NumberIn(info).value_or(0);
        if (sessions.back().step == 0 ||
            info != " step=" + std::to_string(sessions.back().step)) {
          Fail(line.number, "this should be \"```console step=N\"");
        }
      }
    } else if (line.text.starts_with("```")) {
      inside = false;
    } else if (inside && line.text.starts_with("$ ")) {
      sessions.back().commands.push_back(
          {std::string(line.text.substr(2)), ""});
      continues = true;
    } else if (inside && continues && line.text.starts_with("> ")) {
      sessions.back().commands.back().command +=
          "\n" + std::string(line.text.substr(2));
    } else if (inside) {
      if (sessions.back().commands.empty()) {
        Fail(line.number, "output stands below a command: $ …");
      }
      sessions.back().commands.back().output += std::string(line.text) + "\n";
      continues = false;
    }
  }
  return sessions;
}

// Of the first line, with its end.
size_t LineSize(std::string_view text) {
  const size_t end = text.find('\n');
  return end == text.npos ? text.size() : end + 1;
}

// Every text between two "…" is taken where it first stands: whatever follows
// then has the most room.
bool MatchesLine(std::string_view expected, std::string_view printed) {
  constexpr std::string_view kAnything = "…";
  if (expected.ends_with('\n') != printed.ends_with('\n')) return false;
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

bool operator==(const Session& a, const Session& b) {
  return a.step == b.step &&
         std::ranges::equal(a.commands, b.commands,
                            [](const TypedCommand& x, const TypedCommand& y) {
                              return x.command == y.command &&
                                     x.output == y.output;
                            });
}

Handout ParseHandout(std::string_view markdown, Language language) {
  const Words& words = WordsOf(language);
  Lines head;
  const Lines lines = SplitLines(markdown);
  const std::vector<Part> sections = Cut(lines, "## ", &head);
  for (size_t i = 0; i < words.sections.size(); ++i) {
    if (i >= sections.size() || sections[i].heading.text != words.sections[i]) {
      Fail(i < sections.size() ? sections[i].heading.number
                               : std::max(1, static_cast<int>(lines.size())),
           "the next section should be \"## " + std::string(words.sections[i]) +
               "\"");
    }
  }
  if (sections.size() > words.sections.size()) {
    Fail(sections.back().heading.number, "a section too many");
  }
  Handout handout;
  if (!head.empty() && head[0].text.starts_with("# ")) {
    const size_t blank =
        std::min(head[0].text.find(' ', 2), head[0].text.size() - 1);
    handout.title = head[0].text.substr(blank + 1);
  }
  if (handout.title.empty()) {
    Fail(1, "the first line should be \"# NN Title\"");
  }
  handout.claim = Joined(sections[0].lines);

  for (const Part& part : Subsections(sections[1])) {
    handout.predictions.push_back(ParsePrediction(part, words));
  }
  for (const Part& part : Subsections(sections[2])) {
    const auto number = NumberIn(part.heading.text);
    const auto title = NumberedItem(part.heading.text);
    if (!title || number != static_cast<int>(handout.steps.size()) + 1) {
      Fail(part.heading.number, "the next step should be \"### " +
                                    std::to_string(handout.steps.size() + 1) +
                                    ". …\"");
    }
    handout.steps.push_back({std::string(*title), Joined(part.lines)});
    if (handout.steps.back().why.empty()) {
      Fail(part.heading.number, "a step says why");
    }
  }
  handout.explain = Joined(sections[3].lines);
  handout.by_hand = Joined(sections[4].lines);
  handout.sessions = ParseSessions(sections[4].lines);
  handout.hints = ListItems(sections[5].lines, NumberedItem);
  return handout;
}

bool MatchesOutput(std::string_view expected, std::string_view printed) {
  while (!expected.empty()) {
    const size_t expected_end = LineSize(expected);
    const size_t printed_end = LineSize(printed);
    if (!MatchesLine(expected.substr(0, expected_end),
                     printed.substr(0, printed_end))) {
      return false;
    }
    expected.remove_prefix(expected_end);
    printed.remove_prefix(printed_end);
  }
  return printed.empty();
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
