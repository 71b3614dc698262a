// The tests of experiments, for GoogleTest. Each experiment has a test, which
// fails at the line of the expectation. Each folder has a test in which the
// kernel lies to its experiments, and one in which their runner is killed. A
// lab also has tests of its handouts, of its transcript and of the commands
// that are typed by hand.

#include "lib/trial/experiment.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <sstream>

#include "lib/lab/by_hand.h"
#include "lib/lab/folder_name.h"
#include "lib/lab/handout.h"
#include "lib/lab/narrator.h"
#include "lib/lab/steps.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/socket.h"
#include "lib/testing/lying_kernel.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAreArray;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string SkipMessage(const Skip& skip) {
  return fmt::format("{}: needs {}; probed: {}; to run: {}",
                     SkipCodeName(skip.code), skip.needs, skip.probed,
                     skip.to_run);
}

class ExperimentTest : public ::testing::Test {
 public:
  explicit ExperimentTest(const Experiment& experiment)
      : experiment_(experiment) {}

  void TestBody() override {
    const Record record = RunExperiment(experiment_, {});
    for (size_t i = 0; i < record.steps.size(); ++i) {
      const Step& step = record.steps[i];
      for (const Entry& entry : step.entries) {
        if (entry.ok) continue;
        const size_t colon = entry.where.rfind(':');
        ADD_FAILURE_AT(entry.where.substr(0, colon).c_str(),
                       std::stoi(entry.where.substr(colon + 1)))
            << "step " << StepNumber(record, i) << " \"" << step.title
            << "\"\non " << entry.process << ": " << entry.text
            << "\nexpected: " << entry.expected
            << "\nobserved: " << entry.observed;
      }
    }
    if (record.verdict == Verdict::kSkip)
      GTEST_SKIP() << SkipMessage(*record.skip);
    EXPECT_EQ(record.verdict, Verdict::kPass)
        << VerdictName(record.verdict) << ": " << record.reason;
  }

 private:
  const Experiment& experiment_;
};

std::vector<const Experiment*> ExperimentsOf(const std::string& folder) {
  std::vector<const Experiment*> experiments;
  for (const Experiment& experiment : AllExperiments()) {
    if (experiment.folder() == folder) experiments.push_back(&experiment);
  }
  return experiments;
}

// Runs all experiments of a lab, one after the other, as `pidlab run` does.
std::vector<Record> RunAll(const std::string& folder,
                           const RunOptions& options = {}) {
  std::vector<Record> records;
  for (const Experiment* experiment : ExperimentsOf(folder)) {
    records.push_back(RunExperiment(*experiment, options));
  }
  return records;
}

// Why some of the lab cannot be tried here; nothing if all of it can.
std::optional<std::string> Skipped(const std::vector<Record>& records) {
  for (const Record& record : records) {
    if (record.skip) return SkipMessage(*record.skip);
  }
  return {};
}

// Each experiment notices that the kernel lies. When the same kernel does not
// lie, the experiments pass.
class EachLieIsNoticed : public ::testing::Test {
 public:
  explicit EachLieIsNoticed(std::string folder) : folder_(std::move(folder)) {}

  void TestBody() override {
    std::vector<LieTo> honest;
    for (const Experiment* experiment : ExperimentsOf(folder_)) {
      honest.push_back({experiment, Lie::kNone});
    }
    const std::vector<LieResult> controls = RunOnLyingKernels(honest);
    std::vector<LieTo> lies;
    for (size_t i = 0; i < honest.size(); ++i) {
      JudgeControl(honest[i], controls[i]);
      for (const Lie lie : controls[i].possible) {
        lies.push_back({honest[i].experiment, lie});
      }
    }
    const std::vector<LieResult> results = RunOnLyingKernels(lies);
    for (size_t i = 0; i < lies.size(); ++i) Judge(lies[i], results[i]);
    if (!skipped_.empty()) GTEST_SKIP() << skipped_;
  }

 private:
  void JudgeControl(const LieTo& run, const LieResult& result) {
    if (Skipped(run, result)) return;
    if (result.verdict == Verdict::kSkip) {
      skipped_ += Name(run) + result.noticed + '\n';
    } else {
      EXPECT_EQ(result.verdict, Verdict::kPass) << Name(run) << result.noticed;
    }
  }

  void Judge(const LieTo& run, const LieResult& result) {
    if (Skipped(run, result) || result.lies == 0) return;
    fmt::print("{}{} after {} lies: {}\n", Name(run),
               VerdictName(result.verdict), result.lies, result.noticed);
    // A SKIP would mean that the experiment blames the machine.
    EXPECT_THAT(result.verdict, AnyOf(Verdict::kFail, Verdict::kError))
        << Name(run);
    EXPECT_THAT(result.noticed, Not(IsEmpty())) << Name(run);
  }

  bool Skipped(const LieTo& run, const LieResult& result) {
    if (result.impossible.empty()) return false;
    skipped_ += Name(run) + result.impossible + '\n';
    return true;
  }

  static std::string Name(const LieTo& run) {
    return fmt::format("{}, {}: ", run.experiment->name, LieName(run.lie));
  }

  std::string folder_;
  std::string skipped_;
};

// However far an experiment has come: when its runner is killed, all its
// processes are gone within a second.
class KilledAtAnyStepItLeavesNothing : public ::testing::Test {
 public:
  explicit KilledAtAnyStepItLeavesNothing(std::string folder)
      : folder_(std::move(folder)) {}

  void TestBody() override {
    for (const Experiment* experiment : ExperimentsOf(folder_)) {
      // A process of its own adopts the orphans, so that the experiments of
      // other tests do not inherit this setting.
      const Sys<Ending> found =
          InChild(0, [experiment] { return StepThatLeaves(*experiment); });
      ASSERT_TRUE(found.ok());
      EXPECT_EQ(found.value, Exited(0))
          << experiment->name << ": the number is the step's";
    }
  }

 private:
  // The step after which something is left; 0 if there is no such step.
  static int StepThatLeaves(const Experiment& experiment) {
    constexpr int kNotTried = 255;
    if (!AdoptOrphans().ok()) return kNotTried;
    for (int step = 1; step < kNotTried; ++step) {
      Sys<SocketPair> wire = MakeSocketPair();
      if (!wire.ok()) return kNotTried;
      const Sys<pid_t> runner = Clone3(0);
      if (!runner.ok()) return kNotTried;
      if (runner.value == 0) RunUntil(experiment, step, wire.value.far.get());
      wire.value.far.Close();
      std::byte reached{};
      const bool goes_on =
          ReceiveDatagram(wire.value.near.get(), std::span(&reached, 1))
              .value == 1;
      kill(runner.value, SIGKILL);
      if (!AwaitNoChildren(Deadline::In(std::chrono::seconds(1)))) return step;
      if (!goes_on) return 0;
    }
    return kNotTried;
  }

  [[noreturn]] static void RunUntil(const Experiment& experiment, int last,
                                    int wire) {
    RunOptions options;
    int step = 0;
    options.between_steps = [&](const Step&, const Process&) {
      if (++step < last) return;
      const std::byte reached{};
      (void)SendDatagram(wire, std::span(&reached, 1));
      for (;;) pause();
    };
    (void)RunExperiment(experiment, options);
    _exit(0);
  }

  std::string folder_;
};

class LabTest : public ::testing::Test {
 public:
  explicit LabTest(std::string folder)
      : folder_(std::move(folder)), texts_(*FindLabTexts(folder_)) {}

 protected:
  std::string folder_;
  const LabTexts& texts_;
};

class HandoutsAgree : public LabTest {
 public:
  using LabTest::LabTest;
  void TestBody() override {
    const Handout english = ParseHandout(texts_.english, Language::kEnglish);
    const Handout chinese = ParseHandout(texts_.chinese, Language::kChinese);
    for (const Handout* handout : {&english, &chinese}) {
      EXPECT_THAT(handout->hints, SizeIs(3)) << "from a nudge to the answer";
      EXPECT_THAT(handout->predictions, SizeIs(Ge(1u)));
      EXPECT_FALSE(handout->claim.empty());
      EXPECT_FALSE(handout->explain.empty());
      EXPECT_THAT(handout->sessions, SizeIs(Ge(1u))) << "nothing to type";
      for (const Prediction& prediction : handout->predictions) {
        EXPECT_GE(prediction.step, 1);
        EXPECT_LE(prediction.step, static_cast<int>(handout->steps.size()));
      }
    }
    ASSERT_EQ(english.predictions.size(), chinese.predictions.size());
    for (size_t i = 0; i < english.predictions.size(); ++i) {
      EXPECT_EQ(english.predictions[i].step, chinese.predictions[i].step);
      EXPECT_EQ(english.predictions[i].answer, chinese.predictions[i].answer);
      EXPECT_EQ(english.predictions[i].choices.size(),
                chinese.predictions[i].choices.size());
    }
    EXPECT_EQ(english.steps.size(), chinese.steps.size());
    EXPECT_TRUE(english.sessions == chinese.sessions)
        << "the console blocks differ between README.md and README.zh.md";
    const std::string number = LabNumber(folder_);
    EXPECT_TRUE(texts_.english.starts_with("# " + number + " "));
    EXPECT_TRUE(texts_.chinese.starts_with("# " + number + " "));
  }
};

class HandoutsHaveTheSteps : public LabTest {
 public:
  using LabTest::LabTest;
  void TestBody() override {
    const std::vector<Record> records = RunAll(folder_);
    if (const auto skipped = Skipped(records)) GTEST_SKIP() << *skipped;
    std::vector<std::string> titles;
    for (const Record& record : records) {
      for (const Step& step : record.steps) titles.push_back(step.title);
    }
    std::vector<std::string> headings;
    for (const StepText& step :
         ParseHandout(texts_.english, Language::kEnglish).steps) {
      headings.push_back(step.title);
    }
    EXPECT_THAT(headings, ElementsAreArray(titles))
        << "the headings below \"## Run\" in README.md against the steps of "
           "experiment.cc";
    EXPECT_THAT(std::set<std::string>(titles.begin(), titles.end()),
                SizeIs(titles.size()))
        << "two steps have one title: a report finds them by it";
  }
};

std::string Narrated(const std::string& folder, const LabTexts& texts,
                     Language language, std::vector<Record>* records,
                     Audience* audience = nullptr) {
  std::ostringstream out;
  NarratorOptions options;
  options.language = language;
  options.audience = audience;
  Narrator narrator(out, folder,
                    ParseHandout(texts.english, Language::kEnglish),
                    ParseHandout(texts.chinese, Language::kChinese), options);
  *records = narrator.Tell(ExperimentsOf(folder), {});
  return out.str();
}

class TranscriptIsFresh : public LabTest {
 public:
  using LabTest::LabTest;
  void TestBody() override {
    std::vector<Record> records;
    const std::string narrated =
        Narrated(folder_, texts_, Language::kEnglish, &records);
    if (const auto skipped = Skipped(records)) GTEST_SKIP() << *skipped;
    std::istringstream now(narrated);
    std::istringstream then{std::string(texts_.transcript)};
    for (int line = 1; now || then; ++line) {
      std::string told;
      std::string written;
      std::getline(now, told);
      std::getline(then, written);
      ASSERT_EQ(told, written)
          << folder_ << "/transcript.txt:" << line << " is stale: ./pidlab run "
          << LabNumber(folder_) << " --lang en > " << folder_
          << "/transcript.txt, and read it";
    }
  }
};

// Presses Enter at each prompt.
class Enter : public Audience {
 public:
  std::string ReadLine() override { return ""; }
};

class NarrationFitsTheTerminal : public LabTest {
 public:
  using LabTest::LabTest;
  void TestBody() override {
    Enter enter;
    for (const Language language : {Language::kEnglish, Language::kChinese}) {
      std::vector<Record> records;
      std::istringstream lines(
          Narrated(folder_, texts_, language, &records) +
          Narrated(folder_, texts_, language, &records, &enter));
      std::string line;
      while (std::getline(lines, line)) {
        EXPECT_LE(DisplayWidth(line), kColumns) << line;
        EXPECT_EQ(line.find('\033'), line.npos) << line;
      }
    }
  }
};

// Types the commands of the handout, as the screen shows them: those that
// belong to a step while the processes of that step wait, the others in a
// chamber of their own. The shell that stands for the other terminal is inside
// the chamber, so the PIDs are those of the chamber.
class Typist {
 public:
  Typist(const Handout& handout, const std::string& folder)
      : handout_(handout), folder_(folder) {}

  void TypeAt(const Step& step, const Process& host) {
    const std::optional<int> number = NumberOfTitle(folder_, step.title);
    if (!number) return;
    std::vector<SeenProcess> processes = step.processes;
    for (SeenProcess& process : processes) {
      process.real_pid = process.pids.front().pid;
    }
    const ByHand by_hand = ByHandAt(handout_, *number, processes);
    for (const TypedCommand& typed : by_hand.commands) {
      Type(typed, by_hand.variables, host);
    }
  }

  void Type(const TypedCommand& typed, const std::string& variables,
            const Process& host) {
    const std::string setting = "sudo() { \"$@\"; }; cd /; " + variables;
    const auto seen =
        host.Command({"bash", "-uc", setting + "\n" + typed.command});
    ++typed_;
    EXPECT_TRUE(MatchesOutput(typed.output, seen.value.output))
        << "$ " << typed.command << "\nthe handout says:\n"
        << typed.output << "it prints:\n"
        << seen.value.output;
  }

  size_t typed() const { return typed_; }

 private:
  const Handout& handout_;
  const std::string& folder_;
  size_t typed_ = 0;
};

class CommandsByHandWork : public LabTest {
 public:
  using LabTest::LabTest;
  void TestBody() override {
    const Handout handout = ParseHandout(texts_.english, Language::kEnglish);
    Typist typist(handout, folder_);
    RunOptions options;
    options.between_steps = [&](const Step& step, const Process& host) {
      typist.TypeAt(step, host);
    };
    const std::vector<Record> records = RunAll(folder_, options);
    if (const auto skipped = Skipped(records)) GTEST_SKIP() << *skipped;
    size_t commands = 0;
    for (const Session& session : handout.sessions) {
      commands += session.commands.size();
      if (session.step != 0) continue;
      Chamber chamber{ChamberOptions()};
      const Process host(&chamber, &chamber.host());
      for (const TypedCommand& typed : session.commands) {
        typist.Type(typed, "", host);
      }
    }
    EXPECT_EQ(typist.typed(), commands)
        << "a step=N that the lab does not have";
  }
};

template <typename Test>
void RegisterLabTest(const char* name, const std::string& folder) {
  ::testing::RegisterTest("Handout", name, nullptr, nullptr,
                          (folder + "/README.md").c_str(), 1,
                          [folder]() -> LabTest* { return new Test(folder); });
}

void RegisterAll() {
  std::set<std::string> folders;
  for (const Experiment& experiment : AllExperiments()) {
    folders.insert(experiment.folder());
    ::testing::RegisterTest("Experiment", experiment.name.c_str(), nullptr,
                            nullptr, experiment.file.c_str(), experiment.line,
                            [&experiment]() -> ExperimentTest* {
                              return new ExperimentTest(experiment);
                            });
  }
  for (const std::string& folder : folders) {
    ::testing::RegisterTest("LyingKernel", "EachLieIsNoticed", nullptr, nullptr,
                            folder.c_str(), 1, [folder]() -> EachLieIsNoticed* {
                              return new EachLieIsNoticed(folder);
                            });
    ::testing::RegisterTest("Runner", "KilledAtAnyStepItLeavesNothing", nullptr,
                            nullptr, folder.c_str(), 1,
                            [folder]() -> KilledAtAnyStepItLeavesNothing* {
                              return new KilledAtAnyStepItLeavesNothing(folder);
                            });
    // A folder with a number is a lab.
    if (LabNumber(folder).empty()) continue;
    if (FindLabTexts(folder) == nullptr) {
      fmt::print(stderr, "{} has no README.md\n", folder);
      exit(1);
    }
    RegisterLabTest<HandoutsAgree>("HandoutsAgree", folder);
    RegisterLabTest<HandoutsHaveTheSteps>("HandoutsHaveTheSteps", folder);
    RegisterLabTest<TranscriptIsFresh>("TranscriptIsFresh", folder);
    RegisterLabTest<NarrationFitsTheTerminal>("NarrationFitsTheTerminal",
                                              folder);
    RegisterLabTest<CommandsByHandWork>("CommandsByHandWork", folder);
  }
}

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  signal(SIGPIPE, SIG_IGN);  // a program that ends early is only an ERROR
  pidlab::RegisterAll();
  if (pidlab::AllExperiments().empty()) {
    fmt::print(stderr, "no experiment is linked into this test\n");
    return 1;
  }
  return RUN_ALL_TESTS();
}
