#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/cli/interrupts.h"
#include "lib/cli/workers.h"
#include "lib/linux/procfs.h"
#include "lib/report/narrator.h"
#include "lib/report/record_json.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kPatienceSeconds = 10;

// A file that is there, whole, when all has gone well. Whether it can be
// written is tried before anything runs, and what stands there stays until the
// end. What is no regular file (/dev/stdout, a pipe) is written to, like any
// other output.
class ResultFile {
 public:
  explicit ResultFile(const std::string& path) : path_(path) {
    struct stat status {};
    const bool there = stat(path.c_str(), &status) == 0;
    if (there) {
      file_ = Fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
      if (!file_.valid()) Fail(". Nothing was run.");
      if (!S_ISREG(status.st_mode)) return;
      file_.Close();
    }
    // A link stays: what it leads to is replaced.
    target_ = std::filesystem::weakly_canonical(path);
    if (access(target_.parent_path().c_str(), W_OK | X_OK) != 0) {
      Fail(". Nothing was run.");
    }
  }

  void Commit(std::string_view text) {
    const std::string draft =
        target_.native() + "." + std::to_string(getpid()) + ".partial";
    if (!file_.valid()) {
      file_ = Fd(
          open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (!file_.valid()) Fail();
    }
    while (!text.empty()) {
      const ssize_t written = write(file_.get(), text.data(), text.size());
      if (written < 0) FailWithout(draft);
      text.remove_prefix(static_cast<size_t>(written));
    }
    file_.Close();
    if (!target_.empty() && rename(draft.c_str(), target_.c_str()) != 0) {
      FailWithout(draft);
    }
  }

 private:
  [[noreturn]] void FailWithout(const std::string& draft) const {
    const int err = errno;
    if (!target_.empty()) unlink(draft.c_str());
    errno = err;
    Fail();
  }
  [[noreturn]] void Fail(std::string_view consequence = "") const {
    AbandonAsError(fmt::format("cannot write {}: {}{}", path_,
                               DescribeErrno(errno), consequence));
  }

  std::string path_;
  std::filesystem::path target_;  // empty: nothing is replaced
  Fd file_;
};

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
    bool interrupted = false;
    bool clean = true;
    try {
      clean = RunAll(interrupts);
    } catch (const Interrupted&) {
      interrupted = true;
    }
    const bool same_mounts = MountTable() == mounts;

    Counts counts;
    for (const Outcome& outcome : outcomes_) {
      if (outcome.runs.empty()) continue;
      counts.Add(outcome);
      const std::string details = Details(outcome.record, *outcome.experiment);
      if (!details.empty()) fmt::print("\n{}", details);
    }
    counts.Settle();
    if (json_file)
      json_file->Commit(
          Report(counts, interrupted)
              .dump(2, ' ', false, Json::error_handler_t::replace) +
          "\n");
    PrintFoot(counts, interrupted, same_mounts, clean);
    if (interrupted) return kInterrupted;
    if (counts.failed > counts.errors) return kClaimViolated;
    if (counts.errors > 0 || !clean || !same_mounts) return kHarnessFailed;
    if (counts.skipped > 0 && options_.fail_on_skip) return kClaimViolated;
    return counts.passed == 0 ? kEverythingSkipped : kEveryClaimHolds;
  }

 private:
  bool RunAll(const Interrupts& interrupts) {
    std::vector<Task> tasks;
    // All runs of a folder one after the other, so that its line can be shown.
    std::vector<size_t> outcome_of;
    std::vector<size_t> left;
    size_t outcome = 0;
    for (const Folder& folder : folders_) {
      const size_t first = outcome;
      for (int run = 0; run < options_.repeat; ++run) {
        outcome = first;
        for (const Experiment* experiment : folder.experiments) {
          tasks.push_back({experiment, 1});
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
    workers.patience = std::chrono::milliseconds(
        static_cast<long>(kPatienceSeconds * 1000 * options_.timeout_scale));
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

  static void PrintFoot(const Counts& counts, bool interrupted,
                        bool same_mounts, bool clean) {
    const size_t checked = counts.held.size() + counts.violated.size() +
                           counts.not_verified.size();
    fmt::print(
        "\nclaims   {} checked: {} hold, {} violated, {} NOT VERIFIED{}\n",
        checked, counts.held.size(), counts.violated.size(),
        counts.not_verified.size(),
        counts.not_verified.empty() ? "" : " (a skip is not a pass)");
    fmt::print("host     mounts {}, {}\n",
               same_mounts ? "unchanged" : "CHANGED while this ran",
               clean ? "no process left" : "A PROCESS WAS LEFT BEHIND");
    if (counts.errors > 0) {
      fmt::print(
          "errors   {} of the failed could not be carried out: they say "
          "nothing of the kernel\n",
          counts.errors);
    }
    if (interrupted) fmt::print("INTERRUPTED: what follows is not all\n");
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
