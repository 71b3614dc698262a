#include "lib/report/narrator.h"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "lib/handout/folder_name.h"
#include "lib/report/details.h"
#include "lib/report/layout.h"
#include "lib/report/process_tree.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

constexpr const char* kBold = "\033[1m";
constexpr const char* kDim = "\033[2m";
constexpr const char* kGreen = "\033[32m";
constexpr const char* kRed = "\033[31m";

constexpr size_t kHintsInALab = 3;

// A question stands behind a colon in the handout, and alone here.
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
      number_(NumberOf(folder)),
      folder_(folder),
      english_(std::move(english)),
      chinese_(std::move(chinese)),
      options_(options),
      answers_(english_.predictions.size()) {}

const Handout& Narrator::handout() const {
  return english() ? english_ : chinese_;
}

std::string_view Narrator::Say(std::string_view english,
                               std::string_view chinese) const {
  return this->english() ? english : chinese;
}

std::string Narrator::Styled(std::string_view text, const char* style) const {
  return options_.color ? fmt::format("{}{}\033[0m", style, text)
                        : std::string(text);
}

void Narrator::Rule() {
  std::string rule;
  for (size_t i = 0; i < kColumns; ++i) rule += "─";
  out_ << Styled(rule, kDim) << '\n';
}

std::vector<Record> Narrator::Tell(
    const std::vector<const Experiment*>& experiments, RunOptions options) {
  options.listener = this;
  for (const StepText& step : english_.steps) {
    options.step_titles.push_back(step.title);
  }
  Begin();
  std::vector<Record> records;
  for (const Experiment* experiment : experiments) {
    last_tree_.clear();
    records.push_back(RunExperiment(*experiment, options));
    const std::string details = Details(records.back(), *experiment);
    if (!details.empty()) out_ << '\n' << details;
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

void Narrator::OnStep(const Step& step, const Chamber& /*chamber*/) {
  const auto index = static_cast<size_t>(step.number - 1);
  const bool known = index < handout().steps.size();
  out_ << '\n';
  Rule();
  for (const std::string& line :
       Wrap(fmt::format("{} {}/{}  {}", Say("Step", "步骤"), step.number,
                        handout().steps.size(),
                        known ? handout().steps[index].title : step.title),
            kColumns)) {
    out_ << Styled(line, kBold) << '\n';
  }
  if (!options_.predict) return;
  for (const Prediction& prediction : handout().predictions) {
    if (prediction.step == step.number) Ask(prediction);
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
    // Under the letter and its parenthesis.
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
  const std::string mark = entry.ok ? Styled("ok", kGreen) : Styled("!!", kRed);
  // The result is pasted to the call when it fits on one line.
  const std::string call = fmt::format("{}: {}", entry.process, entry.text);
  const bool one_line =
      entry.observed.find('\n') == std::string::npos &&
      DisplayWidth(call) + DisplayWidth(entry.observed) + 10 <= kColumns;
  if (one_line) {
    out_ << fmt::format("  {}  {} -> {}\n", mark, call, entry.observed);
  } else {
    bool first = true;
    for (const std::string& line : Wrap(call, kColumns - 6)) {
      out_ << fmt::format("  {}  {}\n", first ? mark : "  ", line);
      first = false;
    }
    std::string_view rest = entry.observed;
    const char* arrow = "-> ";
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      for (const std::string& line : Wrap(rest.substr(0, end), kColumns - 9)) {
        out_ << fmt::format("      {}{}\n", arrow, line);
        arrow = "   ";
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  if (entry.expected != entry.observed) {
    const std::string text =
        fmt::format("{} {}", Say("expected:", "预期："), entry.expected);
    for (const std::string& line : Wrap(text, kColumns - 6)) {
      out_ << "      " << line << '\n';
    }
  }
}

void Narrator::OnStepDone(const Step& step, const Chamber& chamber) {
  ShowTree(chamber);
  if (options_.predict) Reveal(step.number);
  ShowWhy(step.number);
  if (options_.audience == nullptr) return;
  ShowByHand(step.number, chamber);
  Pause(step.number, chamber);
}

void Narrator::ShowTree(const Chamber& chamber) {
  const std::string tree =
      ProcessTree(chamber, options_.audience != nullptr, options_.language);
  if (tree == last_tree_) return;
  last_tree_ = tree;
  out_ << '\n' << tree << std::flush;
}

void Narrator::Reveal(int step) {
  for (size_t i = 0; i < handout().predictions.size(); ++i) {
    const Prediction& prediction = handout().predictions[i];
    if (prediction.step != step) continue;
    const std::string answer = fmt::format(
        "{} {})", Say("The answer is", "答案是"), prediction.answer);
    // One letter; of anything else, and of control characters most of all,
    // nothing is repeated.
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

void Narrator::ShowWhy(int step) {
  const auto index = static_cast<size_t>(step - 1);
  if (index >= handout().steps.size()) return;
  out_ << '\n' << PlainText(handout().steps[index].why, 2);
}

void Narrator::ShowByHand(int step, const Chamber& chamber) {
  bool first = true;
  for (const Session& session : handout().sessions) {
    if (session.step != step) continue;
    if (first) {
      out_ << '\n'
           << Styled(Say("TRY", "试一试"), kBold) << ' '
           << Say("in another terminal, while the processes wait:",
                  "进程正在等待，请在另一个终端里输入：")
           << '\n';
      std::string variables;
      for (const auto& process : chamber.processes()) {
        if (process->name == "warden" || !chamber.Alive(*process)) continue;
        variables += fmt::format("{}={} ", VariableName(process->name),
                                 process->pid_outside);
      }
      for (const std::string& line : Wrap(variables, kColumns - 4)) {
        out_ << "    " << line << '\n';
      }
    }
    first = false;
    for (const TypedCommand& command : session.commands) {
      std::istringstream lines(command.command);
      for (std::string line; std::getline(lines, line);) {
        out_ << "    " << line << '\n';
      }
    }
  }
}

void Narrator::Pause(int step, const Chamber& chamber) {
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
      ShowWhy(step);
    } else if (line == "t") {
      last_tree_.clear();
      ShowTree(chamber);
    } else if (line == "l") {
      options_.language = english() ? Language::kChinese : Language::kEnglish;
      ShowWhy(step);
    } else if (line == "q") {
      throw Interrupted{};
    } else if (line.empty()) {
      return;
    }  // anything else: the keys are shown once more
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

std::string VariableName(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace pidlab
