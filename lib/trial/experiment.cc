#include "lib/trial/experiment.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <tuple>

#include "lib/host/error.h"
#include "lib/trial/exhaustion.h"

namespace pidlab {
namespace {

std::vector<Experiment>& Registered() {
  static std::vector<Experiment> experiments;
  return experiments;
}

// Which of the first descriptors are open in this process, found out by one
// system call: poll(2) reports POLLNVAL for those that are not.
std::vector<bool> OpenDescriptors() {
  constexpr int kLooked = 256;
  std::vector<pollfd> fds(kLooked);
  for (int fd = 0; fd < kLooked; ++fd) fds[static_cast<size_t>(fd)].fd = fd;
  poll(fds.data(), fds.size(), 0);
  std::vector<bool> open(kLooked);
  std::transform(fds.begin(), fds.end(), open.begin(),
                 [](const pollfd& fd) { return (fd.revents & POLLNVAL) == 0; });
  return open;
}

std::string Leaked(const std::vector<bool>& before,
                   const std::vector<bool>& after) {
  std::string leaked;
  for (size_t fd = 0; fd < after.size(); ++fd) {
    if (after[fd] && !before[fd]) leaked += " " + std::to_string(fd);
  }
  return leaked;
}

// Only the first thing that goes wrong decides.
void Decide(Record& record, Verdict verdict, std::string reason,
            std::optional<Skip> skip = std::nullopt) {
  if (record.verdict != Verdict::kPass) return;
  record.verdict = verdict;
  record.reason = std::move(reason);
  record.skip = std::move(skip);
}

void DecideByEntries(Record& record) {
  for (const Step& step : record.steps) {
    for (const Entry& entry : step.entries) {
      if (!entry.ok) Decide(record, Verdict::kFail, "");
    }
  }
}

// If the machine has run out of something, a failure says nothing about the
// kernel.
void SkipIfExhausted(Record& record, Chamber& chamber) {
  if (record.verdict != Verdict::kFail && record.verdict != Verdict::kError) {
    return;
  }
  if (std::optional<Skip> skip = FindExhaustion(chamber)) {
    record.verdict = Verdict::kSkip;
    record.reason.clear();
    record.skip = std::move(skip);
  }
}

void RunInChamber(const Experiment& experiment, const RunOptions& options,
                  Record& record) {
  Chamber chamber(options.chamber);
  for (const Need& need : experiment.info.needs) {
    if (std::optional<Skip> skip = need.probe(chamber)) {
      AbandonAsSkip(*std::move(skip));
    }
  }
  Trial trial(&chamber, &record, options.listener, options.between_steps);
  try {
    experiment.run(trial);
    trial.Finish();
  } catch (const Abandoned& abandoned) {
    DecideByEntries(record);
    Decide(record, abandoned.verdict, abandoned.reason, abandoned.skip);
  }
  DecideByEntries(record);
  for (const Step& step : record.steps) {
    if (step.entries.empty()) {
      Decide(record, Verdict::kError,
             "the step \"" + step.title + "\" expects nothing");
    }
  }
  if (record.steps.empty()) {
    Decide(record, Verdict::kError, "the experiment has no steps");
  }
  SkipIfExhausted(record, chamber);
  const std::string left_behind = chamber.Close();
  if (!left_behind.empty()) {
    Decide(record, Verdict::kError, "it left behind: " + left_behind);
  }
}

}  // namespace

Registration::Registration(Experiment experiment) {
  auto& all = Registered();
  const auto order = [](const Experiment& e) {
    return std::tie(e.file, e.line);
  };
  all.insert(std::ranges::upper_bound(all, order(experiment), {}, order),
             std::move(experiment));
}

const std::vector<Experiment>& AllExperiments() { return Registered(); }

Record RunExperiment(const Experiment& experiment, const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<bool> before = OpenDescriptors();
  Record record;
  record.folder = experiment.folder();
  record.experiment = experiment.name;
  record.verdict = Verdict::kPass;
  try {
    RunInChamber(experiment, options, record);
  } catch (const Abandoned& abandoned) {
    Decide(record, abandoned.verdict, abandoned.reason, abandoned.skip);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    Decide(record, Verdict::kError, error.message);
  } catch (const std::exception& error) {
    Decide(record, Verdict::kError, error.what());
  }
  const std::string leaked = Leaked(before, OpenDescriptors());
  if (!leaked.empty()) {
    Decide(record, Verdict::kError, "it left descriptors open:" + leaked);
  }
  record.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return record;
}

}  // namespace pidlab
