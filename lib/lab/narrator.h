// The narrator runs a lab, and prints it step by step: the claim, each step
// with what was expected and observed, and why. With an audience (a terminal)
// it asks the predictions and waits between the steps; without one it runs
// straight through, and what it prints is the lab's transcript.

#ifndef PIDLAB_LIB_LAB_NARRATOR_H_
#define PIDLAB_LIB_LAB_NARRATOR_H_

#include <fmt/color.h>

#include <ostream>
#include <string>
#include <vector>

#include "lib/lab/handout.h"
#include "lib/trial/experiment.h"

namespace pidlab {

// The reader, who answers the narrator's questions.
class Audience {
 public:
  virtual ~Audience() = default;
  // A line, without its newline. Throws Interrupted when there are no more
  // lines.
  virtual std::string ReadLine() = 0;
};

struct NarratorOptions {
  Language language = Language::kEnglish;
  bool predict = true;
  bool color = false;
  Audience* audience = nullptr;  // null: nobody is asked
};

class Narrator : public Listener {
 public:
  // `english` and `chinese` are the handouts of the lab. The key "l" switches
  // from one to the other.
  Narrator(std::ostream& out, const std::string& folder, Handout english,
           Handout chinese, const NarratorOptions& options);

  // Runs the experiments of the lab, one after the other, and prints them.
  // Throws Interrupted when the audience quits or is gone.
  std::vector<Record> Tell(const std::vector<const Experiment*>& experiments,
                           RunOptions options);

  void OnStep(const Step& step) override;
  void OnEntry(const Entry& entry) override;
  void OnStepDone(const Step& step, const LookAgain& look_again) override;

 private:
  void Begin();
  void End(const std::vector<Record>& records);
  const Handout& handout() const;
  const StepText* TextOfStep() const;  // null: the handout does not have it
  bool english() const { return options_.language == Language::kEnglish; }
  // One of two texts, by language.
  std::string_view Say(std::string_view english,
                       std::string_view chinese) const;
  std::string Styled(std::string_view text, fmt::text_style style) const;
  void Rule();
  void ShowTable(const std::vector<SeenProcess>& processes);
  void Ask(const Prediction& prediction);
  void Reveal();
  void ShowWhy();
  void ShowByHand(const std::vector<SeenProcess>& processes);
  void Pause(const LookAgain& look_again);

  std::ostream& out_;
  std::string number_;  // "12"
  std::string folder_;
  Handout english_;
  Handout chinese_;
  NarratorOptions options_;
  int step_ = 0;  // the number of the step in the handout
  std::string last_table_;
  std::vector<std::string> answers_;  // for the predictions, in their order
  size_t hints_shown_ = 0;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_NARRATOR_H_
