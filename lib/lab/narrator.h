// The narrator tells a lab while it happens: the claim, each step with what was
// expected and observed, and why. With an audience (a terminal) it asks the
// predictions and waits between the steps; without one it runs straight
// through, and what it prints is the lab's transcript.

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
  // A line, without its end. Throws Interrupted when there will be no more.
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
  // `handouts` are the lab's in both languages; the second one is what "l"
  // switches to.
  Narrator(std::ostream& out, const std::string& folder, Handout english,
           Handout chinese, const NarratorOptions& options);

  // Runs the experiments of the lab, one after the other, and tells them.
  // Throws Interrupted when the audience has gone.
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
  int step_ = 0;  // as the handout counts them
  std::string last_table_;
  std::vector<std::string> answers_;  // to the predictions, in their order
  size_t hints_shown_ = 0;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_NARRATOR_H_
