#include "lib/lab/narrator.h"

#include <fmt/color.h>
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>

#include "lib/host/error.h"
#include "lib/lab/by_hand.h"
#include "lib/lab/failure.h"
#include "lib/lab/folder_name.h"
#include "lib/lab/process_table.h"
#include "lib/lab/steps.h"
#include "lib/text/labelled.h"
#include "lib/text/markdown.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

constexpr fmt::text_style kBold = fmt::emphasis::bold;
constexpr fmt::text_style kDim = fmt::emphasis::faint;
constexpr fmt::text_style kGreen = fg(fmt::terminal_color::green);
constexpr fmt::text_style kRed = fg(fmt::terminal_color::red);

constexpr size_t kHintsInALab = 3;

// In the handout a question follows a colon, but here it stands alone.
std::string Capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
  return text;
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

Narrator::Narrator(std::ostream& out, const std::string& folder,
                   Handout english, Handout chinese,
                   const NarratorOptions& options)
    : out_(out),
      number_(LabNumber(folder)),
      folder_(folder),
      english_(std::move(english)),
      chinese_(std::move(chinese)),
      options_(options),
      answers_(english_.predictions.size()) {}

const Handout& Narrator::handout() const {
  return english() ? english_ : chinese_;
}

const StepText* Narrator::TextOfStep() const {
  const auto index = static_cast<size_t>(step_ - 1);
  return index < handout().steps.size() ? &handout().steps[index] : nullptr;
}

std::string_view Narrator::Say(std::string_view english,
                               std::string_view chinese) const {
  return this->english() ? english : chinese;
}

std::string Narrator::Styled(std::string_view text,
                             fmt::text_style style) const {
  return options_.color ? fmt::format(style, "{}", text) : std::string(text);
}

void Narrator::Rule() {
  std::string rule;
  for (size_t i = 0; i < kColumns; ++i) rule += "─";
  out_ << Styled(rule, kDim) << '\n';
}

std::vector<Record> Narrator::Tell(
    const std::vector<const Experiment*>& experiments, RunOptions options) {
  options.listener = this;
  Begin();
  std::vector<Record> records;
  for (const Experiment* experiment : experiments) {
    last_table_.clear();
    records.push_back(RunExperiment(*experiment, options));
    const std::string failure = FailureBlock(records.back(), *experiment);
    if (!failure.empty()) out_ << '\n' << failure;
  }
  End(records);
  return records;
}

void Narrator::Begin() {
  out_ << Styled(fmt::format("{} {}  {}", Say("Lab", "实验"), number_,
                             handout().title),
                 kBold)
       << '\n';
  Rule();
  out_ << PlainText(handout().claim, 0);
}

void Narrator::OnStep(const Step& step) {
  const std::optional<int> number = NumberOfTitle(folder_, step.title);
  step_ = number.value_or(step_ + 1);
  out_ << '\n';
  Rule();
  for (const std::string& line :
       Wrap(fmt::format("{} {}/{}  {}", Say("Step", "步骤"), step_,
                        handout().steps.size(),
                        number ? TextOfStep()->title : step.title),
            kColumns)) {
    out_ << Styled(line, kBold) << '\n';
  }
  if (!options_.predict) return;
  for (const Prediction& prediction : handout().predictions) {
    if (prediction.step == step_) Ask(prediction);
  }
}

void Narrator::Ask(const Prediction& prediction) {
  out_ << '\n'
       << Styled(Say("PREDICT", "预测"), kBold) << '\n'
       << PlainText(english() ? Capitalized(prediction.question)
                              : prediction.question,
                    2);
  if (!prediction.text.empty()) out_ << PlainText(prediction.text, 2);
  char letter = 'a';
  for (const std::string& choice : prediction.choices) {
    // The text is indented: the letter and its parenthesis stand before it.
    std::string text = PlainText(choice, 7);
    text.replace(4, 3, fmt::format("{}) ", letter++));
    out_ << text;
  }
  if (options_.audience == nullptr) {
    out_ << '\n';
    return;
  }
  const auto index =
      static_cast<size_t>(&prediction - handout().predictions.data());
  out_ << "  > " << std::flush;
  answers_[index] = options_.audience->ReadLine();
}

void Narrator::OnEntry(const Entry& entry) {
  const std::string mark =
      "  " + (entry.ok ? Styled("ok", kGreen) : Styled("!!", kRed)) + "  ";
  const std::string room(6, ' ');  // as wide as the mark
  // The result stands on the line of the call if it fits there.
  const std::string call = fmt::format("{}: {}", entry.process, entry.text);
  const std::string line = fmt::format("{} -> {}", call, entry.observed);
  const bool one_line = entry.observed.find('\n') == std::string::npos &&
                        DisplayWidth(line) + room.size() <= kColumns;
  std::string told =
      one_line ? Labelled(room, line)
               : Labelled(room, call) + Labelled(room + "-> ", entry.observed);
  out_ << told.replace(0, room.size(), mark);
  if (entry.expected != entry.observed) {
    out_ << Labelled(
        room, fmt::format("{} {}", Say("expected:", "预期："), entry.expected));
  }
}

void Narrator::OnStepDone(const Step& step, const LookAgain& look_again) {
  ShowTable(step.processes);
  if (options_.predict) Reveal();
  ShowWhy();
  if (options_.audience == nullptr) return;
  ShowByHand(step.processes);
  Pause(look_again);
}

void Narrator::ShowTable(const std::vector<SeenProcess>& processes) {
  const std::string table =
      ProcessTable(processes, options_.audience != nullptr, options_.language);
  if (table == last_table_) return;
  last_table_ = table;
  out_ << '\n' << table << std::flush;
}

void Narrator::Reveal() {
  for (size_t i = 0; i < handout().predictions.size(); ++i) {
    const Prediction& prediction = handout().predictions[i];
    if (prediction.step != step_) continue;
    const std::string answer = fmt::format(
        "{} {})", Say("The answer is", "答案是"), prediction.answer);
    // Only one letter of the line is repeated. The rest is not, above all no
    // control characters.
    const std::string& line = answers_[i];
    const size_t first = line.find_first_not_of(" \t");
    const char given = first == line.npos ? '\0' : Lower(line[first]);
    const bool offered = given >= 'a' && static_cast<size_t>(given - 'a') <
                                             prediction.choices.size();
    out_ << '\n' << answer;
    if (options_.audience == nullptr || !offered) {
      out_ << '\n';
    } else if (given == prediction.answer) {
      out_ << Say(", as you said.", "，你答对了。") << '\n';
    } else {
      out_ << fmt::format(
                  fmt::runtime(Say(", you said {}.", "，你的回答是 {}。")),
                  given)
           << '\n';
    }
  }
}

void Narrator::ShowWhy() {
  const StepText* text = TextOfStep();
  if (text != nullptr) out_ << '\n' << PlainText(text->why, 2);
}

void Narrator::ShowByHand(const std::vector<SeenProcess>& processes) {
  const ByHand by_hand = ByHandAt(handout(), step_, processes);
  if (by_hand.commands.empty()) return;
  out_ << '\n'
       << Styled(Say("TRY", "试一试"), kBold) << ' '
       << Say("in another terminal, while the processes wait:",
              "进程正在等待，请在另一个终端里输入：")
       << '\n'
       << Labelled("    ", by_hand.variables);
  for (const TypedCommand& typed : by_hand.commands) {
    std::istringstream lines(typed.command);
    for (std::string line; std::getline(lines, line);) {
      out_ << "    " << line << '\n';
    }
  }
}

void Narrator::Pause(const LookAgain& look_again) {
  for (;;) {
    out_ << '\n'
         << Styled(Say("Enter next   h hint   w why   t tree   l 中文   q quit",
                       "Enter 继续   h 提示   w 原因   t 进程树   l English   "
                       "q 退出"),
                   kDim)
         << " > " << std::flush;
    const std::string line = options_.audience->ReadLine();
    if (line == "h") {
      const size_t shown = std::min(hints_shown_ + 1, kHintsInALab);
      hints_shown_ = shown;
      if (shown <= handout().hints.size()) {
        out_ << PlainText(handout().hints[shown - 1], 2);
      }
    } else if (line == "w") {
      ShowWhy();
    } else if (line == "t") {
      last_table_.clear();
      ShowTable(look_again());
    } else if (line == "l") {
      options_.language = english() ? Language::kChinese : Language::kEnglish;
      ShowWhy();
    } else if (line == "q") {
      throw Interrupted();
    } else if (line.empty()) {
      return;
    }  // anything else: the keys are shown again
  }
}

void Narrator::End(const std::vector<Record>& records) {
  out_ << '\n';
  Rule();
  out_ << PlainText(handout().explain, 0) << '\n';
  for (const Record& record : records) {
    out_ << Styled(VerdictName(record.verdict),
                   record.verdict == Verdict::kPass ? kGreen : kRed)
         << "  " << record.experiment << '\n';
  }
  out_ << fmt::format(fmt::runtime(Say("\nNow by hand: {}/README.md\n",
                                       "\n接下来请动手：{}/README.zh.md\n")),
                      folder_);
}

}  // namespace pidlab
