// A handout is what a lab's folder says in one language: README.md, or
// README.zh.md. It is parsed here from Markdown into plain data, which the
// narrator, the hints and the tests use. This code knows nothing about
// terminals, or about what the experiments found.
//
// docs/writing_a_lab.md describes the form that is expected.

#ifndef PIDLAB_LIB_LAB_HANDOUT_H_
#define PIDLAB_LIB_LAB_HANDOUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "lib/lab/language.h"

namespace pidlab {

// A question that is asked before the step that answers it.
struct Prediction {
  int step = 0;
  std::string question;
  std::string text;  // Markdown: what one needs to know to answer
  std::vector<std::string> choices;
  char answer = 'a';  // the letter of the right choice
};

struct StepText {
  std::string title;
  std::string why;  // Markdown
};

// A command that a student types, and what it prints; "…" in a line stands for
// anything.
struct TypedCommand {
  std::string command;
  std::string output;  // lines, each with its newline

  friend bool operator==(const TypedCommand&, const TypedCommand&) = default;
};

// A block of such commands.
struct Session {
  // They are typed while the lab waits at the end of this step; 0: at any time.
  int step = 0;
  std::vector<TypedCommand> commands;

  friend bool operator==(const Session&, const Session&) = default;
};

struct Handout {
  std::string title;  // without the number
  std::string claim;  // Markdown
  std::vector<Prediction> predictions;
  std::vector<StepText> steps;
  std::string explain;            // Markdown
  std::string by_hand;            // Markdown
  std::vector<Session> sessions;  // the commands in by_hand
  std::vector<std::string> hints;
};

// Throws std::runtime_error, which says what is missing and in which line.
Handout ParseHandout(std::string_view markdown, Language language);

// Whether `printed` is what is expected. "…" in `expected` stands for any text
// within a line.
bool MatchesOutput(std::string_view expected, std::string_view printed);

// The texts of one lab's folder, as they were linked in.
struct LabTexts {
  std::string folder;  // "labs/09_orphan_adoption"
  std::string_view english;
  std::string_view chinese;
  std::string_view transcript;
};

struct LabTextsRegistration {
  explicit LabTextsRegistration(LabTexts texts);
};

// Null for a folder without texts: its experiments are verified, not taught.
const LabTexts* FindLabTexts(std::string_view folder);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_HANDOUT_H_
