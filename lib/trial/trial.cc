#include "lib/trial/trial.h"

#include "lib/trial/snapshot.h"

namespace pidlab {

void Trial::Step(std::string_view title) {
  Finish();
  record_->steps.push_back({std::string(title), {}, {}});
  if (listener_ != nullptr) listener_->OnStep(record_->steps.back());
}

void Trial::Finish() {
  if (record_->steps.empty()) return;
  record_->steps.back().processes = TakeSnapshot(*chamber_);
  if (listener_ != nullptr) {
    listener_->OnStepDone(record_->steps.back(),
                          [this] { return TakeSnapshot(*chamber_); });
  }
  if (between_steps_) between_steps_(record_->steps.back(), Host());
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
