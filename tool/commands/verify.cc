// `verify [LAB..]`: tries every claim, and asks no questions.

#include <fmt/core.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/interrupts.h"
#include "lib/lab/command_line.h"
#include "lib/lab/folders.h"
#include "tool/commands/inherited_children.h"
#include "tool/commands/worker_pool.h"
#include "tool/report/console_reporter.h"
#include "tool/report/json_reporter.h"

namespace pidlab {
namespace {

struct VerifyOptions {
  std::vector<std::string> labs;  // empty: all
  std::string filter = "*";
  std::string json_file;
  int repeat = 1;
  int jobs = 0;  // 0: one for each CPU
  bool fail_on_skip = false;
  double timeout_scale = 1;
};

using Reporters = std::vector<std::unique_ptr<Reporter>>;

bool Matches(const std::string& glob, const std::string& name) {
  return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

// The folders that were named, each once, with the experiments that match the
// filter.
std::vector<FolderResults> ChosenFolders(const VerifyOptions& options) {
  std::vector<Folder> named;
  if (options.labs.empty()) named = Folders();
  for (const std::string& lab : options.labs) {
    Folder folder = FindFolder(lab);
    if (std::ranges::find(named, folder.path, &Folder::path) == named.end()) {
      named.push_back(std::move(folder));
    }
  }
  std::vector<FolderResults> chosen;
  for (Folder& folder : named) {
    FolderResults results{std::move(folder), {}};
    for (const Experiment* experiment : results.folder.experiments) {
      if (Matches(options.filter, experiment->name) ||
          Matches(options.filter,
                  results.folder.slug + "/" + experiment->name)) {
        results.outcomes.push_back({experiment, {}, {}});
      }
    }
    if (!results.outcomes.empty()) chosen.push_back(std::move(results));
  }
  if (chosen.empty()) {
    FailAsUsage(options.filter == "*"
                    ? "no experiment is linked into this program"
                    : fmt::format("no experiment matches \"{}\": `pidlab list "
                                  "--json` has their names",
                                  options.filter));
  }
  return chosen;
}

// A run of an experiment, and where its record belongs.
struct Task {
  size_t folder;
  size_t outcome;
};

// The runs of each folder follow one another, so that the folder can be
// reported as soon as they are done.
std::vector<Task> TasksFor(const Results& results) {
  std::vector<Task> tasks;
  for (size_t folder = 0; folder < results.folders.size(); ++folder) {
    for (int run = 0; run < results.repeat; ++run) {
      const size_t outcomes = results.folders[folder].outcomes.size();
      for (size_t i = 0; i < outcomes; ++i) tasks.push_back({folder, i});
    }
  }
  return tasks;
}

void RunAll(const VerifyOptions& options, int interrupt_fd, Results& results,
            const Reporters& reporters) {
  const std::vector<Task> tasks = TasksFor(results);
  std::vector<const Experiment*> experiments;
  std::vector<size_t> left(results.folders.size());
  for (const Task& task : tasks) {
    ++left[task.folder];
    experiments.push_back(
        results.folders[task.folder].outcomes[task.outcome].experiment);
  }
  WorkerOptions workers;
  workers.jobs = options.jobs > 0
                     ? options.jobs
                     : static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  workers.patience = ScaledPatience(options.timeout_scale);
  workers.interrupt_fd = interrupt_fd;
  size_t done = 0;  // folders
  const WorkersEnd end =
      RunInWorkers(experiments, workers, [&](size_t index, Record record) {
        const Task& task = tasks[index];
        results.folders[task.folder].outcomes[task.outcome].Add(
            std::move(record));
        --left[task.folder];
        for (; done < left.size() && left[done] == 0; ++done) {
          for (const auto& reporter : reporters) {
            reporter->FolderDone(results.folders[done]);
          }
        }
      });
  results.interrupted = end.interrupted;
  results.nobody_left = end.nobody_left;
}

ExitCode CodeFor(const Results& results, bool fail_on_skip) {
  const bool untouched = results.nobody_left && results.same_mounts;
  if (results.interrupted && untouched) return kInterrupted;
  const ExitCode code = results.Count().Code(fail_on_skip);
  return untouched || code == kClaimViolated ? code : kHarnessFailed;
}

// Empty if /proc is missing: then every experiment is skipped.
std::string MountTable() {
  try {
    return ReadAll("/proc/self/mountinfo");
  } catch (const Error&) {
    return "";
  }
}

int Verify(const VerifyOptions& options) {
  LeaveInheritedChildren();
  Results results;
  results.environment = DescribeEnvironment();
  results.repeat = options.repeat;
  results.folders = ChosenFolders(options);
  Reporters reporters;
  reporters.push_back(std::make_unique<ConsoleReporter>());
  if (!options.json_file.empty()) {
    reporters.push_back(std::make_unique<JsonReporter>(options.json_file));
  }
  const Interrupts interrupts;
  for (const auto& reporter : reporters) reporter->Begin(results);
  const std::string mounts = MountTable();
  RunAll(options, interrupts.fd(), results, reporters);
  results.same_mounts = MountTable() == mounts;
  for (const auto& reporter : reporters) reporter->End(results);
  return CodeFor(results, options.fail_on_skip);
}

void Add(CommandLine& line) {
  auto& options = line.Own<VerifyOptions>();
  line.Arguments("LAB", options.labs, CommandLine::Must::kNotBeGiven,
                 "Only these");
  line.Option("--filter", options.filter,
              "Only experiments whose name matches this glob");
  line.Option("--json", options.json_file,
              "Write everything that was found to this file");
  line.Option("--repeat", options.repeat, 1, 1000000, "Run each N times");
  line.Option("--jobs", options.jobs, 1, 1024,
              "How many at a time; if not said, one for each CPU");
  line.Flag("--fail-on-skip", options.fail_on_skip,
            "Exit with 1 if something was skipped");
  line.TimeoutScaleOption(options.timeout_scale);
  line.Run([&options] { return Verify(options); });
}

const CommandRegistration registration(
    {40, "verify", "Every claim, no questions",
     "  pidlab verify                every claim, no questions\n"
     "  pidlab verify 09 12 --repeat 100\n"
     "  pidlab verify --filter '*Orphan*' --json results.json\n",
     &Add});

}  // namespace
}  // namespace pidlab
