#include "tool/report/console_reporter.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "lib/lab/failure.h"

namespace pidlab {

void ConsoleReporter::Begin(const Results& results) {
  const Environment& here = results.environment;
  fmt::print(
      "Linux {} {} | {} | PID namespace depth {} | {} CPUs{}\n\n", here.kernel,
      here.machine, here.uid == 0 ? "root" : fmt::format("uid {}", here.uid),
      here.depth < 0 ? "?" : std::to_string(here.depth), here.cpus,
      results.repeat > 1 ? fmt::format("\neach {} times", results.repeat) : "");
  std::fflush(stdout);
}

void ConsoleReporter::FolderDone(const FolderResults& results) {
  const Outcome& worst = *std::ranges::max_element(
      results.outcomes, {},
      [](const Outcome& one) { return Severity(one.record.verdict); });
  std::set<std::string> claims;
  double seconds = 0;
  int not_passed = 0;
  for (const Outcome& outcome : results.outcomes) {
    const auto& ids = outcome.experiment->info.verifies;
    claims.insert(ids.begin(), ids.end());
    seconds += outcome.record.seconds;
    if (outcome.record.verdict != Verdict::kPass) ++not_passed;
  }
  fmt::print("{:<5} {:2} {:<24} {:>2} claims {:>6.2f} s",
             VerdictName(worst.record.verdict), results.folder.number,
             results.folder.slug, claims.size(), seconds);
  if (not_passed > 0) {
    fmt::print("  {} of {}", not_passed, results.outcomes.size());
    if (worst.record.skip) {
      fmt::print(": {}", SkipCodeName(worst.record.skip->code));
    }
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void ConsoleReporter::End(const Results& results) {
  for (const FolderResults& folder : results.folders) {
    for (const Outcome& outcome : folder.outcomes) {
      if (outcome.runs.empty()) continue;
      const std::string failure =
          FailureBlock(outcome.record, *outcome.experiment);
      if (!failure.empty()) fmt::print("\n{}", failure);
    }
  }
  const Tally tally = results.Count();
  const size_t held = tally.Held().size();
  const size_t violated = tally.Violated().size();
  const size_t not_verified = tally.NotVerified().size();
  fmt::print("\nclaims   {} checked: {} hold, {} violated, {} NOT VERIFIED{}\n",
             held + violated + not_verified, held, violated, not_verified,
             not_verified == 0 ? "" : " (a skip is no pass)");
  fmt::print(
      "host     mounts {}, {}\n",
      results.same_mounts ? "unchanged" : "CHANGED while this ran",
      results.nobody_left ? "no process left" : "A PROCESS WAS LEFT BEHIND");
  if (tally.errors() > 0) {
    fmt::print(
        "errors   {} of the failed could not be carried out: they say nothing "
        "of the kernel\n",
        tally.errors());
  }
  if (results.interrupted) fmt::print("INTERRUPTED: what follows is not all\n");
  fmt::print("{}\n", tally.Line());
  std::fflush(stdout);
}

}  // namespace pidlab
