#include "lib/trial/trial.h"

#include <algorithm>

namespace pidlab {

void Trial::Step(std::string_view title) {
  Finish();
  const auto place = std::ranges::find(*step_titles_, title);
  const int number = place != step_titles_->end()
                         ? static_cast<int>(place - step_titles_->begin()) + 1
                     : record_->steps.empty()
                         ? 1
                         : record_->steps.back().number + 1;
  record_->steps.push_back({number, std::string(title), {}});
  if (listener_ != nullptr) listener_->OnStep(record_->steps.back(), *chamber_);
}

void Trial::Finish() {
  if (listener_ != nullptr && !record_->steps.empty()) {
    listener_->OnStepDone(record_->steps.back(), *chamber_);
  }
}

void Trial::Add(Entry entry) {
  if (record_->steps.empty()) {
    AbandonAsError("an expectation stands before the first Step()");
  }
  record_->steps.back().entries.push_back(std::move(entry));
  if (listener_ != nullptr) {
    listener_->OnEntry(record_->steps.back().entries.back());
  }
}

}  // namespace pidlab
