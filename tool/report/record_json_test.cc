#include "tool/report/record_json.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// pidlab promises these keys to programs that read what it writes.
constexpr const char* kFailed = R"json({
  "folder": "labs/09_orphan_adoption",
  "experiment": "OrphansGoToTheirNamespacesInit",
  "verdict": "FAIL",
  "reason": "孤儿 \"went\" …\n",
  "seconds": 0.125,
  "steps": [
    {
      "number": 1,
      "title": "Let the parent end",
      "entries": [
        {
          "process": "orphan",
          "ran": "getppid()",
          "expected": "1",
          "observed": "7",
          "ok": false,
          "where": "labs/09_orphan_adoption/experiment.cc:41"
        },
        {
          "process": "host",
          "ran": "getpid()",
          "expected": "2",
          "observed": "2",
          "ok": true,
          "where": "labs/09_orphan_adoption/experiment.cc:42"
        }
      ],
      "processes": [
        {
          "name": "host",
          "parent": null,
          "pids": [
            {
              "namespace": 0,
              "pid": 2
            }
          ],
          "real_pid": 4711,
          "state": "sleeping",
          "init_of": null
        },
        {
          "name": "init",
          "parent": 0,
          "pids": [
            {
              "namespace": 0,
              "pid": 3
            },
            {
              "namespace": 1,
              "pid": 1
            }
          ],
          "real_pid": 4712,
          "state": "zombie",
          "init_of": 1
        }
      ]
    },
    {
      "number": 2,
      "title": "看",
      "entries": [],
      "processes": []
    }
  ]
})json";

constexpr const char* kSkipped = R"json({
  "folder": "experiments/zsh",
  "experiment": "ZshForks",
  "verdict": "SKIP",
  "skip": {
    "code": "TOOL_MISSING",
    "needs": "zsh",
    "probed": "PATH=/bin",
    "to_run": "sudo apt install zsh"
  },
  "seconds": 0.0,
  "steps": []
})json";

Record Failed() {
  Record record;
  record.folder = "labs/09_orphan_adoption";
  record.experiment = "OrphansGoToTheirNamespacesInit";
  record.verdict = Verdict::kFail;
  record.reason = "孤儿 \"went\" …\n";
  record.seconds = 0.125;
  record.steps = {{"Let the parent end",
                   {{"orphan", "getppid()", "1", "7", false,
                     "labs/09_orphan_adoption/experiment.cc:41"},
                    {"host", "getpid()", "2", "2", true,
                     "labs/09_orphan_adoption/experiment.cc:42"}},
                   {{"host", -1, {{0, 2}}, 4711, kSleeping},
                    {"init", 0, {{0, 3}, {1, 1}}, 4712, kZombie}}},
                  {"看", {}, {}}};
  return record;
}

Record Skipped() {
  Record record;
  record.folder = "experiments/zsh";
  record.experiment = "ZshForks";
  record.verdict = Verdict::kSkip;
  record.skip = Skip{.code = Skip::Code::kToolMissing,
                     .needs = "zsh",
                     .probed = "PATH=/bin",
                     .to_run = "sudo apt install zsh"};
  return record;
}

TEST(RecordToJson, HasThePromisedKeys) {
  EXPECT_EQ(ToJson(Failed()).dump(2), kFailed);
  EXPECT_EQ(ToJson(Skipped()).dump(2), kSkipped);
}

TEST(RecordFromJson, GivesEverythingBack) {
  const Record record = RecordFromJson(Json::parse(kFailed));
  EXPECT_EQ(record.folder, "labs/09_orphan_adoption");
  EXPECT_EQ(record.experiment, "OrphansGoToTheirNamespacesInit");
  EXPECT_EQ(record.verdict, Verdict::kFail);
  EXPECT_EQ(record.reason, "孤儿 \"went\" …\n");
  EXPECT_FALSE(record.skip);
  EXPECT_EQ(record.seconds, 0.125);
  ASSERT_THAT(record.steps, SizeIs(2));
  EXPECT_EQ(record.steps[0].title, "Let the parent end");
  ASSERT_THAT(record.steps[0].entries, SizeIs(2));
  const Entry& entry = record.steps[0].entries[0];
  EXPECT_EQ(entry.process, "orphan");
  EXPECT_EQ(entry.text, "getppid()");
  EXPECT_EQ(entry.expected, "1");
  EXPECT_EQ(entry.observed, "7");
  EXPECT_FALSE(entry.ok);
  EXPECT_EQ(entry.where, "labs/09_orphan_adoption/experiment.cc:41");
  EXPECT_TRUE(record.steps[0].entries[1].ok);
  EXPECT_EQ(record.steps[0].processes, Failed().steps[0].processes);
  EXPECT_EQ(record.steps[1].title, "看");
  EXPECT_THAT(record.steps[1].entries, IsEmpty());
}

TEST(RecordFromJson, GivesTheReasonOfASkipBack) {
  const Record record = RecordFromJson(Json::parse(kSkipped));
  EXPECT_EQ(record.verdict, Verdict::kSkip);
  EXPECT_EQ(record.reason, "");
  EXPECT_THAT(record.steps, IsEmpty());
  ASSERT_TRUE(record.skip);
  EXPECT_EQ(record.skip->code, Skip::Code::kToolMissing);
  EXPECT_EQ(record.skip->needs, "zsh");
  EXPECT_EQ(record.skip->probed, "PATH=/bin");
  EXPECT_EQ(record.skip->to_run, "sudo apt install zsh");
}

TEST(RecordJson, KeepsEveryVerdict) {
  for (const auto& [verdict, name] :
       {std::pair(Verdict::kPass, "PASS"), std::pair(Verdict::kFail, "FAIL"),
        std::pair(Verdict::kSkip, "SKIP"),
        std::pair(Verdict::kError, "ERROR")}) {
    Record record;
    record.verdict = verdict;
    const Json json = ToJson(record);
    EXPECT_EQ(json["verdict"], name);
    EXPECT_EQ(RecordFromJson(json).verdict, verdict);
  }
}

TEST(RecordJson, SurvivesTheWayThroughText) {
  for (const Record& record : {Failed(), Skipped(), Record()}) {
    const Json json = ToJson(record);
    EXPECT_EQ(ToJson(RecordFromJson(Json::parse(json.dump()))), json);
  }
}

TEST(RecordFromJson, ThrowsWhenItIsNoRecord) {
  for (const char* text : {"null", "1", "\"PASS\"", "[]", "{}",
                           R"json({"folder": "labs/x"})json"}) {
    EXPECT_THROW((void)RecordFromJson(Json::parse(text)), std::exception)
        << text;
  }
}

// A record is refused if it lacks one of the keys of this object, or has a
// value of another kind there.
void ExpectEveryKeyIsNeeded(const Json& record, const std::string& object) {
  const Json::json_pointer pointer(object);
  for (const auto& [key, value] : record.at(pointer).items()) {
    Json without = record;
    without.at(pointer).erase(key);
    EXPECT_THROW((void)RecordFromJson(without), std::exception)
        << "without " << object << "/" << key;
    Json other = record;
    other.at(pointer)[key] = Json::array({1});
    EXPECT_THROW((void)RecordFromJson(other), std::exception)
        << "with another " << object << "/" << key;
  }
}

TEST(RecordFromJson, NeedsEveryKey) {
  Json failed = Json::parse(kFailed);
  failed.erase("reason");
  ExpectEveryKeyIsNeeded(failed, "");
  ExpectEveryKeyIsNeeded(failed, "/steps/0");
  ExpectEveryKeyIsNeeded(failed, "/steps/0/entries/0");
  ExpectEveryKeyIsNeeded(Json::parse(kSkipped), "/skip");
  ExpectEveryKeyIsNeeded(failed, "/steps/0/processes/1/pids/1");
}

TEST(RecordFromJson, ThrowsWhenAnOptionalValueIsOfAnotherKind) {
  for (const char* key : {"reason", "skip"}) {
    Json json = Json::parse(kSkipped);
    json[key] = 1;
    EXPECT_THROW((void)RecordFromJson(json), std::exception) << key;
  }
}

TEST(RecordFromJson, ThrowsWhenThereIsNoSuchVerdict) {
  for (const char* verdict : {"", "pass", "OK", "SKIPPED", "?"}) {
    Json json = Json::parse(kFailed);
    json["verdict"] = verdict;
    EXPECT_THROW((void)RecordFromJson(json), std::exception) << verdict;
  }
}

}  // namespace
}  // namespace pidlab
