#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/cli/interrupts.h"
#include "lib/cli/result_file.h"
#include "lib/cli/workers.h"
#include "lib/linux/procfs.h"
#include "lib/report/details.h"
#include "lib/report/record_json.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

struct Environment {
  std::string kernel;
  std::string machine;
  unsigned uid;
  int depth;  // of the PID namespace; -1 if /proc does not say
  long cpus;
};

Environment DescribeEnvironment() {
  utsname name{};
  uname(&name);
  const Sys<PidChain> pids =
      ReadStatus("/proc/self/status").Get(&ProcessStatus::ns_pid);
  return {name.release, name.machine, geteuid(),
          pids.ok() ? static_cast<int>(pids.value.size()) - 1 : -1,
          sysconf(_SC_NPROCESSORS_ONLN)};
}

std::string MountTable() {
  std::ifstream file("/proc/self/mountinfo");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// All runs of one experiment: how often it got which verdict, and the record
// that tells most, which is the first of the worst.
struct Outcome {
  const Experiment* experiment;
  Record record;
  std::map<Verdict, int> runs;

  void Add(Record run) {
    const bool first = runs.empty();
    ++runs[run.verdict];
    if (first || Badness(run.verdict) > Badness(record.verdict)) {
      record = std::move(run);
    }
  }

  static int Badness(Verdict verdict) {
    switch (verdict) {
      case Verdict::kPass:
        return 0;
      case Verdict::kSkip:
        return 1;
      case Verdict::kError:
        return 2;
      case Verdict::kFail:
        return 3;
    }
    return 3;
  }
};

struct Counts {
  int passed = 0;
  int failed = 0;  // with the errors
  int errors = 0;
  int skipped = 0;
  std::set<std::string> held;
  std::set<std::string> violated;
  std::set<std::string> not_verified;

  void Add(const Outcome& outcome) {
    const auto& ids = outcome.experiment->info.verifies;
    switch (outcome.record.verdict) {
      case Verdict::kPass:
        ++passed;
        held.insert(ids.begin(), ids.end());
        break;
      case Verdict::kFail:
        ++failed;
        violated.insert(ids.begin(), ids.end());
        break;
      case Verdict::kError:
        ++failed;
        ++errors;
        not_verified.insert(ids.begin(), ids.end());
        break;
      case Verdict::kSkip:
        ++skipped;
        not_verified.insert(ids.begin(), ids.end());
        break;
    }
  }

  // A claim of several experiments holds only if all of them say so.
  void Settle() {
    for (const std::string& id : violated) not_verified.erase(id);
    for (const auto* worse : {&violated, &not_verified}) {
      for (const std::string& id : *worse) held.erase(id);
    }
  }
};

// One line for a folder, once all of its experiments are done.
void PrintFolder(const Folder& folder, std::span<const Outcome> outcomes) {
  const Outcome& worst =
      *std::ranges::max_element(outcomes, {}, [](const Outcome& outcome) {
        return Outcome::Badness(outcome.record.verdict);
      });
  std::set<std::string> claims;
  double seconds = 0;
  int bad = 0;
  for (const Outcome& outcome : outcomes) {
    claims.insert(outcome.experiment->info.verifies.begin(),
                  outcome.experiment->info.verifies.end());
    seconds += outcome.record.seconds;
    if (outcome.record.verdict != Verdict::kPass) ++bad;
  }
  fmt::print("{:<5} {:2} {:<24} {:>2} claims {:>6.2f} s",
             VerdictName(worst.record.verdict), folder.number, folder.slug,
             claims.size(), seconds);
  if (bad > 0) {
    fmt::print("  {} of {}", bad, outcomes.size());
    if (worst.record.skip) fmt::print(": {}", worst.record.skip->code);
  }
  fmt::print("\n");
  std::fflush(stdout);
}

Json ToJson(const Outcome& outcome) {
  Json json = ToJson(outcome.record);
  json["claim"] = outcome.experiment->info.claim;
  json["verifies"] = outcome.experiment->info.verifies;
  json["sources"] = outcome.experiment->info.sources;
  for (const auto& [verdict, count] : outcome.runs) {
    json["runs"][VerdictName(verdict)] = count;
  }
  return json;
}

class Verification {
 public:
  explicit Verification(const VerifyOptions& options) : options_(options) {
    std::vector<Folder> chosen;
    if (options.labs.empty()) chosen = Folders();
    for (const std::string& lab : options.labs) {
      Folder folder = FindFolder(lab);
      if (std::ranges::find(chosen, folder.path, &Folder::path) ==
          chosen.end()) {
        chosen.push_back(std::move(folder));
      }
    }
    for (Folder& folder : chosen) {
      std::erase_if(folder.experiments, [&](const Experiment* experiment) {
        return !MatchesGlob(options.filter, experiment->name) &&
               !MatchesGlob(options.filter,
                            folder.slug + "/" + experiment->name);
      });
      if (!folder.experiments.empty()) folders_.push_back(std::move(folder));
    }
    if (folders_.empty()) {
      throw UsageError{
          options.filter == "*"
              ? "no experiment is linked into this program"
              : fmt::format("no experiment matches \"{}\": `pidlab list "
                            "--json` has their names",
                            options.filter)};
    }
    for (const Folder& folder : folders_) {
      for (const Experiment* experiment : folder.experiments) {
        outcomes_.push_back({experiment, {}, {}});
      }
    }
  }

  int Run() {
    std::optional<ResultFile> json_file;
    if (!options_.json_file.empty()) json_file.emplace(options_.json_file);
    const Interrupts interrupts;
    PrintHead();
    const std::string mounts = MountTable();
    const WorkersEnd end = RunAll(interrupts);
    const bool same_mounts = MountTable() == mounts;

    Counts counts;
    for (Outcome& outcome : outcomes_) {
      if (outcome.runs.empty()) continue;
      counts.Add(outcome);
      const std::string details = Details(outcome.record, *outcome.experiment);
      if (!details.empty()) fmt::print("\n{}", details);
    }
    counts.Settle();
    if (json_file)
      json_file->Commit(
          Report(counts, end.interrupted)
              .dump(2, ' ', false, Json::error_handler_t::replace) +
          "\n");
    PrintFoot(counts, end, same_mounts);
    const bool untouched = end.nobody_left && same_mounts;
    if (end.interrupted && untouched) return kInterrupted;
    if (counts.failed > counts.errors) return kClaimViolated;
    if (counts.errors > 0 || !untouched) return kHarnessFailed;
    if (counts.skipped > 0 && options_.fail_on_skip) return kClaimViolated;
    return counts.passed == 0 ? kEverythingSkipped : kEveryClaimHolds;
  }

 private:
  WorkersEnd RunAll(const Interrupts& interrupts) {
    std::vector<const Experiment*> tasks;
    // All runs of a folder one after the other, so that its line can be shown.
    std::vector<size_t> outcome_of;
    std::vector<size_t> left;
    size_t outcome = 0;
    for (const Folder& folder : folders_) {
      const size_t first = outcome;
      for (int run = 0; run < options_.repeat; ++run) {
        outcome = first;
        for (const Experiment* experiment : folder.experiments) {
          tasks.push_back(experiment);
          outcome_of.push_back(outcome++);
        }
      }
      left.push_back(folder.experiments.size() *
                     static_cast<size_t>(options_.repeat));
    }
    WorkerOptions workers;
    workers.jobs = options_.jobs > 0
                       ? options_.jobs
                       : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    workers.patience = ScaledPatience(options_.timeout_scale);
    workers.interrupt_fd = interrupts.fd();
    size_t printed = 0;
    return RunInWorkers(tasks, workers, [&](size_t task, Record record) {
      const size_t index = outcome_of[task];
      outcomes_[index].Add(std::move(record));
      --left[FolderOf(index)];
      for (; printed < folders_.size() && left[printed] == 0; ++printed) {
        PrintFolder(folders_[printed], OutcomesOf(printed));
      }
    });
  }

  size_t FolderOf(size_t outcome) const {
    size_t folder = 0;
    while (outcome >= folders_[folder].experiments.size()) {
      outcome -= folders_[folder++].experiments.size();
    }
    return folder;
  }
  std::span<const Outcome> OutcomesOf(size_t folder) const {
    size_t first = 0;
    for (size_t i = 0; i < folder; ++i) first += folders_[i].experiments.size();
    return std::span(outcomes_).subspan(first,
                                        folders_[folder].experiments.size());
  }

  void PrintHead() const {
    const Environment here = DescribeEnvironment();
    fmt::print("Linux {} {} | {} | PID namespace depth {} | {} CPUs{}\n\n",
               here.kernel, here.machine,
               here.uid == 0 ? "root" : fmt::format("uid {}", here.uid),
               here.depth < 0 ? "?" : std::to_string(here.depth), here.cpus,
               options_.repeat > 1
                   ? fmt::format("\neach {} times", options_.repeat)
                   : "");
    std::fflush(stdout);
  }

  static void PrintFoot(const Counts& counts, const WorkersEnd& end,
                        bool same_mounts) {
    const size_t checked = counts.held.size() + counts.violated.size() +
                           counts.not_verified.size();
    fmt::print(
        "\nclaims   {} checked: {} hold, {} violated, {} NOT VERIFIED{}\n",
        checked, counts.held.size(), counts.violated.size(),
        counts.not_verified.size(),
        counts.not_verified.empty() ? "" : " (a skip is no pass)");
    fmt::print(
        "host     mounts {}, {}\n",
        same_mounts ? "unchanged" : "CHANGED while this ran",
        end.nobody_left ? "no process left" : "A PROCESS WAS LEFT BEHIND");
    if (counts.errors > 0) {
      fmt::print(
          "errors   {} of the failed could not be carried out: they say "
          "nothing of the kernel\n",
          counts.errors);
    }
    if (end.interrupted) fmt::print("INTERRUPTED: what follows is not all\n");
    fmt::print("{} passed, {} failed, {} skipped\n", counts.passed,
               counts.failed, counts.skipped);
    std::fflush(stdout);
  }

  Json Report(const Counts& counts, bool interrupted) const {
    const Environment here = DescribeEnvironment();
    Json json = {{"pidlab", kVersion},
                 {"complete", !interrupted},
                 {"environment",
                  {{"kernel", here.kernel},
                   {"machine", here.machine},
                   {"uid", here.uid},
                   {"pid_namespace_depth", here.depth},
                   {"cpus", here.cpus}}},
                 {"summary",
                  {{"passed", counts.passed},
                   {"failed", counts.failed},
                   {"errors", counts.errors},
                   {"skipped", counts.skipped},
                   {"claims_held", counts.held},
                   {"claims_violated", counts.violated},
                   {"claims_not_verified", counts.not_verified}}},
                 {"experiments", Json::array()}};
    for (const Outcome& outcome : outcomes_) {
      if (!outcome.runs.empty()) json["experiments"].push_back(ToJson(outcome));
    }
    return json;
  }

  const VerifyOptions& options_;
  std::vector<Folder> folders_;
  std::vector<Outcome> outcomes_;  // in the order of the folders
};

}  // namespace

int Verify(const VerifyOptions& options) { return Verification(options).Run(); }

}  // namespace pidlab
