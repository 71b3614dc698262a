// `verify` of a numbered lab: runs its own experiments, one after the other,
// and asks no questions. The command of pidlab has more options
// (tool/commands/verify.cc).

#include <fmt/core.h>

#include "lib/host/interrupts.h"
#include "lib/lab/command_line.h"
#include "lib/lab/failure.h"
#include "lib/lab/tally.h"
#include "lib/trial/experiment.h"

namespace pidlab {
namespace {

struct VerifyOptions {
  double timeout_scale = 1;
};

int Verify(const VerifyOptions& options) {
  const Interrupts interrupts;
  RunOptions run;
  run.chamber.interrupt_fd = interrupts.fd();
  run.chamber.patience = ScaledPatience(options.timeout_scale);
  Tally tally;
  for (const Experiment& experiment : AllExperiments()) {
    const Record record = RunExperiment(experiment, run);
    tally.Add(record.verdict, experiment.info.verifies);
    fmt::print("{:<5} {}\n{}", VerdictName(record.verdict), experiment.name,
               FailureBlock(record, experiment));
  }
  fmt::print("{}\n", tally.Line());
  return tally.Code();
}

void Add(CommandLine& line) {
  auto& options = line.Own<VerifyOptions>();
  line.TimeoutScaleOption(options.timeout_scale);
  line.Run([&options] { return Verify(options); });
}

const CommandRegistration registration({40, "verify",
                                        "Every claim of this lab, no questions",
                                        "  verify\n", &Add});

}  // namespace
}  // namespace pidlab
