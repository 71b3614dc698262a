#include "lib/lab/failure.h"

#include <string>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Experiment kExperiment = {
    "EverybodyEnds",
    "labs/12_init_death/experiment.cc",
    9,
    {.claim = "When PID 1 ends, everybody ends.",
     .verifies = {"S2-29"},
     .sources = {"pid_namespaces(7)", "kernel/exit.c"}},
    nullptr};

Record Of(Verdict verdict) {
  Record record;
  record.folder = kExperiment.folder();
  record.experiment = kExperiment.name;
  record.verdict = verdict;
  return record;
}

Entry Asked(bool ok, const std::string& observed) {
  return {"member", "getpid()", "2", observed, ok, "experiment.cc:41"};
}

TEST(FailureBlock, OfAPassThereAreNone) {
  EXPECT_EQ(FailureBlock(Of(Verdict::kPass), kExperiment), "");
}

TEST(FailureBlock, OfAFailSayWhatWasExpectedAndObserved) {
  Record record = Of(Verdict::kFail);
  record.steps = {{"Make one", {Asked(true, "2")}, {}},
                  {"Ask it", {Asked(true, "2"), Asked(false, "7")}, {}}};
  EXPECT_EQ(FailureBlock(record, kExperiment),
            "FAIL  12 init_death / EverybodyEnds\n"
            "  claim     When PID 1 ends, everybody ends.\n"
            "            pid_namespaces(7)\n"
            "            kernel/exit.c\n"
            "  step      2 \"Ask it\"\n"
            "  on        member\n"
            "  ran       getpid()\n"
            "  at        experiment.cc:41\n"
            "  expected  2\n"
            "  observed  7   <-- differs\n"
            "  again     ./pidlab run 12\n");
}

TEST(FailureBlock, OfAnErrorSayWhyAndInWhichStep) {
  Record record = Of(Verdict::kError);
  record.steps = {{"Make one", {Asked(true, "2")}, {}}, {"Ask it", {}, {}}};
  record.reason = "member did not answer";
  const std::string block = FailureBlock(record, kExperiment);
  EXPECT_THAT(block, HasSubstr("  step      2 \"Ask it\"\n"
                               "  error     member did not answer\n"));
  EXPECT_THAT(block, Not(HasSubstr("expected")));
}

TEST(FailureBlock, OfWhatTheApparatusNoticedAreNoError) {
  Record record = Of(Verdict::kFail);
  record.reason = "clone3() ignored a flag";
  EXPECT_THAT(FailureBlock(record, kExperiment),
              HasSubstr("  noticed   clone3() ignored a flag\n"));
}

TEST(FailureBlock, OfASkipSayWhatHelps) {
  Record record = Of(Verdict::kSkip);
  record.skip = Skip{.code = Skip::Code::kToolMissing,
                     .needs = "the program zsh",
                     .probed = "no zsh",
                     .to_run = "apt-get install zsh"};
  EXPECT_EQ(FailureBlock(record, kExperiment),
            "SKIP  12 init_death / EverybodyEnds\n"
            "  reason    TOOL_MISSING\n"
            "  needs     the program zsh\n"
            "  probed    no zsh\n"
            "  to run    apt-get install zsh\n");
}

TEST(FailureBlock, OfWhatIsNoLabNameNoRun) {
  Record record = Of(Verdict::kFail);
  record.folder = "experiments/pidfd_open";
  const std::string block = FailureBlock(record, kExperiment);
  EXPECT_THAT(block, HasSubstr("FAIL  pidfd_open / EverybodyEnds\n"));
  EXPECT_THAT(block, Not(HasSubstr("again")));
}

TEST(FailureLine, IsTheFirstThatDiffers) {
  Record record = Of(Verdict::kFail);
  record.steps = {{"Make one", {Asked(true, "2")}, {}},
                  {"Ask it", {Asked(false, "7"), Asked(false, "8")}, {}}};
  EXPECT_EQ(FailureLine(record),
            "step 2: getpid() on member: expected 2, observed 7");
  record.steps.clear();
  record.reason = "member ended";
  EXPECT_EQ(FailureLine(record), "member ended");
  EXPECT_EQ(FailureLine(Of(Verdict::kPass)), "");
}

}  // namespace
}  // namespace pidlab
