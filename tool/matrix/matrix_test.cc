#include "tool/matrix/matrix.h"

#include <sstream>

#include "gmock/gmock.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"
#include "tool/report/record_json.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Json = nlohmann::ordered_json;

KernelColumn Column(const std::string& kernel, const std::string& place,
                    std::map<std::string, Found> found) {
  return {kernel, "x86_64", place, "", std::move(found)};
}

Json ReportOf(const std::vector<Record>& records) {
  Json experiments = Json::array();
  for (const Record& record : records) {
    Json json = ToJson(record);
    json["verifies"] = {"S1-1", "D-1"};
    experiments.push_back(json);
  }
  return {{"complete", true},
          {"environment", {{"kernel", "6.1.0-9-cloud"}, {"machine", "x86_64"}}},
          {"experiments", experiments}};
}

Record RecordOf(const std::string& name, Verdict verdict) {
  Record record;
  record.folder = "labs/01_a";
  record.experiment = name;
  record.verdict = verdict;
  return record;
}

TEST(ColumnFromReport, KeepsVerdictsAndWhy) {
  Record fails = RecordOf("Fails", Verdict::kFail);
  fails.steps = {{"", {{"init", "getpid()", "1", "1", true, ""}}, {}},
                 {"", {{"init", "getppid()", "0", "7", false, ""}}, {}}};
  Record skipped = RecordOf("Skipped", Verdict::kSkip);
  skipped.skip = Skip{.code = Skip::Code::kKernelFeature,
                      .needs = "an ioctl",
                      .probed = "ioctl -> ENOTTY",
                      .to_run = "newer"};
  Record error = RecordOf("Error", Verdict::kError);
  error.reason = "no memory";
  const KernelColumn column = ColumnFromReport(
      ReportOf({RecordOf("Passes", Verdict::kPass), fails, skipped, error}),
      kInMachine);
  EXPECT_EQ(column.kernel, "6.1.0-9-cloud");
  EXPECT_EQ(column.place, kInMachine);
  EXPECT_EQ(column.failure, "");
  const std::vector<std::string> ids = {"S1-1", "D-1"};
  EXPECT_EQ(column.found,
            (std::map<std::string, Found>{
                {"labs/01_a/Passes", {Verdict::kPass, "", ids}},
                {"labs/01_a/Fails",
                 {Verdict::kFail,
                  "step 2: getppid() on init: expected 0, observed 7", ids}},
                {"labs/01_a/Skipped",
                 {Verdict::kSkip, "KERNEL_FEATURE: ioctl -> ENOTTY", ids}},
                {"labs/01_a/Error", {Verdict::kError, "no memory", ids}}}));
}

TEST(ColumnFromReport, KnowsThatItIsNotAll) {
  Json report = ReportOf({});
  report["complete"] = false;
  EXPECT_EQ(ColumnFromReport(report, kOnHost).failure, "interrupted");
  EXPECT_THROW(ColumnFromReport(Json::object(), kOnHost), std::exception);
}

TEST(VerdictOf, IsTheWorstOfWhatVerifiesTheClaim) {
  const auto of = [](std::initializer_list<Verdict> verdicts) {
    KernelColumn column = Column("6.1", kOnHost, {});
    int n = 0;
    for (const Verdict verdict : verdicts) {
      column.found["e" + std::to_string(n++)] = {verdict, "", {"D-1"}};
    }
    column.found["other"] = {Verdict::kFail, "", {"D-11"}};
    return column.VerdictOf("D-1");
  };
  EXPECT_EQ(of({}), std::nullopt);
  EXPECT_EQ(of({Verdict::kPass, Verdict::kPass}), Verdict::kPass);
  EXPECT_EQ(of({Verdict::kPass, Verdict::kSkip}), Verdict::kSkip);
  EXPECT_EQ(of({Verdict::kError, Verdict::kSkip}), Verdict::kError);
  EXPECT_EQ(of({Verdict::kFail, Verdict::kError}), Verdict::kFail);
}

TEST(Matrix, ComesBackFromItsJson) {
  Matrix matrix = {
      Column("6.1.0-9", kInMachine, {{"a", {Verdict::kPass, "", {"S1-1"}}}}),
      Column("6.18", kOnHost, {{"a", {Verdict::kSkip, "why", {}}}})};
  matrix[0].failure = "it did not boot";
  EXPECT_EQ(MatrixFromJson(ToJson(matrix)), matrix);
  EXPECT_THROW(MatrixFromJson({{"pidlab_matrix", 2}}), std::exception);
  EXPECT_THROW(MatrixFromJson(Json::object()), std::exception);
}

// Two kernels; the older one has to skip one of two claims.
Matrix Example() {
  const Found pass = {Verdict::kPass, "", {"S1-1"}};
  return {Column("5.10.0-9", kInMachine,
                 {{"labs/01_a/Same", pass},
                  {"labs/26_b/New",
                   {Verdict::kSkip, "KERNEL_FEATURE: ENOTTY", {"D-1"}}}}),
          Column("6.18.4", kOnHost,
                 {{"labs/01_a/Same", pass},
                  {"labs/26_b/New", {Verdict::kPass, "", {"D-1"}}}})};
}

TEST(Table, BeginsWithWhatDiffersAndSaysWhy) {
  const std::string text = Table(Example());
  EXPECT_THAT(text,
              HasSubstr("5.10.0   Linux 5.10.0-9 x86_64, a "
                        "virtual machine: 1 passed, 0 failed, 1 skipped\n"));
  EXPECT_THAT(text, HasSubstr("different\n"
                              "     5.10.0  host\n"
                              "D-1  SKIP    PASS\n"));
  EXPECT_THAT(text, HasSubstr("5.10.0  labs/26_b/New: KERNEL_FEATURE: ENOTTY"));
  EXPECT_THAT(text, HasSubstr("the same\n"
                              "      5.10.0  host\n"
                              "S1-1  PASS    PASS\n"));
  EXPECT_THAT(text, EndsWith("\n1 claims differ, 1 are the same\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(DisplayWidth(line), kColumns) << line;
  }
}

TEST(Table, ShowsWhatHasNotRun) {
  Matrix matrix = Example();
  matrix[0].found.clear();
  matrix[0].failure = "it did not boot for 30 s";
  const std::string text = Table(matrix);
  EXPECT_THAT(text, HasSubstr("NOT COMPLETE: it did not boot for 30 s"));
  EXPECT_THAT(text, HasSubstr("S1-1  not run  PASS\n"));
}

TEST(DifferencesFrom, IsEmptyForTheSame) {
  EXPECT_THAT(DifferencesFrom(Example(), Example()), IsEmpty());
  // Another kernel of the series is compared with the same record.
  Matrix seen = Example();
  seen[0].kernel = "5.10.99";
  EXPECT_THAT(DifferencesFrom(Example(), seen), IsEmpty());
}

TEST(DifferencesFrom, NamesEachVerdictThatIsAnother) {
  Matrix seen = {Example()[0]};
  seen[0].found["labs/26_b/New"].verdict = Verdict::kPass;
  seen[0].found["labs/26_b/New"].why = "";
  seen[0].found["labs/99_c/More"] = {};
  seen[0].found.erase("labs/01_a/Same");
  EXPECT_THAT(DifferencesFrom(Example(), seen),
              ElementsAre("labs/26_b/New: SKIP was recorded, PASS is seen",
                          "labs/99_c/More: it was not there",
                          "labs/01_a/Same: it has not run"));
}

TEST(DifferencesFrom, NeedsARecordOfTheSeriesAndThePlace) {
  Matrix seen = {Example()[0]};
  seen[0].kernel = "5.1.0";
  EXPECT_THAT(DifferencesFrom(Example(), seen),
              ElementsAre(StartsWith("5.1.0 in a virtual machine: nothing was "
                                     "recorded")));
  seen = {Example()[0]};
  seen[0].place = kOnHost;
  EXPECT_THAT(DifferencesFrom(Example(), seen),
              ElementsAre(HasSubstr("nothing was recorded")));
  seen = {Example()[0]};
  seen[0].failure = "it panicked";
  EXPECT_THAT(DifferencesFrom(Example(), seen),
              ElementsAre(HasSubstr("it panicked")));
}

}  // namespace
}  // namespace pidlab
