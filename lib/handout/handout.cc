#include "lib/handout/handout.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <stdexcept>

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

// What follows the first ": " or "：".
std::string_view AfterColon(const Line& heading) {
  for (const std::string_view colon : {": ", "："}) {
    const size_t at = heading.text.find(colon);
    if (at != std::string_view::npos) {
      return heading.text.substr(at + colon.size());
    }
  }
  Fail(heading.number, "a question stands behind a colon");
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
  const std::optional<int> step = NumberIn(part.heading.text);
  if (!step) Fail(part.heading.number, "before which step?");
  prediction.step = *step;
  prediction.question = AfterColon(part.heading);

  Lines text;
  Lines rest;
  for (const Line& line : part.lines) {
    const bool choice = line.text.starts_with("- ");
    (rest.empty() && !choice ? text : rest).push_back(line);
  }
  prediction.text = Joined(text);
  for (const std::string& item : ListItems(rest, [](std::string_view line) {
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
  const auto answer = std::ranges::find_if(rest, [&](const Line& line) {
    return line.text.starts_with(words.answer);
  });
  if (answer == rest.end() || answer->text.size() <= words.answer.size()) {
    Fail(part.heading.number,
         "a prediction ends with \"" + std::string(words.answer) + "…\"");
  }
  prediction.answer = answer->text[words.answer.size()];
  if (prediction.answer < 'a' ||
      prediction.answer >= static_cast<char>('a' + prediction.choices.size())) {
    Fail(answer->number, "the answer is no choice");
  }
  return prediction;
}

std::vector<Session> ParseSessions(const Lines& lines) {
  constexpr std::string_view kFence = "```console";
  std::vector<Session> sessions;
  bool inside = false;
  for (const Line& line : lines) {
    if (line.text.starts_with(kFence)) {
      inside = true;
      sessions.emplace_back();
      if (line.text.find("step=") != line.text.npos) {
        sessions.back().step = NumberIn(line.text).value_or(0);
        if (sessions.back().step == 0) Fail(line.number, "step= what?");
      }
    } else if (line.text.starts_with("```")) {
      inside = false;
    } else if (inside && line.text.starts_with("$ ")) {
      sessions.back().commands.push_back(
          {std::string(line.text.substr(2)), ""});
    } else if (inside) {
      if (sessions.back().commands.empty()) {
        Fail(line.number, "output stands below a command: $ …");
      }
      sessions.back().commands.back().output += std::string(line.text) + "\n";
    }
  }
  return sessions;
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
  const std::vector<Part> sections = Cut(SplitLines(markdown), "## ", &head);
  for (size_t i = 0; i < words.sections.size(); ++i) {
    if (i >= sections.size() || sections[i].heading.text != words.sections[i]) {
      Fail(i < sections.size() ? sections[i].heading.number : 0,
           "the next section should be \"## " + std::string(words.sections[i]) +
               "\"");
    }
  }
  if (sections.size() > words.sections.size()) {
    Fail(sections.back().heading.number, "a section too many");
  }
  if (head.empty() || !head[0].text.starts_with("# ") ||
      head[0].text.find(' ', 2) == std::string_view::npos) {
    Fail(1, "the first line should be \"# NN Title\"");
  }

  Handout handout;
  handout.title = head[0].text.substr(head[0].text.find(' ', 2) + 1);
  handout.claim = Joined(sections[0].lines);

  Lines before;
  for (const Part& part : Cut(sections[1].lines, "### ", &before)) {
    handout.predictions.push_back(ParsePrediction(part, words));
  }
  for (const Part& part : Cut(sections[2].lines, "### ", &before)) {
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
  constexpr std::string_view kAnything = "…";
  while (true) {
    const size_t end = std::min(expected.find(kAnything), expected.size());
    if (!printed.starts_with(expected.substr(0, end))) return false;
    printed.remove_prefix(end);
    if (end == expected.size()) return printed.empty();
    expected.remove_prefix(end + kAnything.size());
    // The shortest text that lets the rest match, within this line.
    const size_t line_end = std::min(printed.find('\n'), printed.size());
    for (size_t skipped = 0; skipped <= line_end; ++skipped) {
      if (MatchesOutput(expected, printed.substr(skipped))) return true;
    }
    return false;
  }
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
