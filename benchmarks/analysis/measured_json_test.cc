#include "benchmarks/analysis/measured_json.h"

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "gmock/gmock.h"
#include "lib/host/error.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// pidlab promises these keys and lines to programs that read what it writes.
constexpr const char* kFile = R"json({
  "program": "pidlab bench",
  "format": 2,
  "complete": true,
  "seed": 18446744073709551615,
  "context": {
    "kernel": "6.18.44",
    "machine": "x86_64",
    "cpu_model": "AMD EPYC 9R14",
    "hypervisor": "KVMKVMKVM",
    "in_pidlab_vm": false,
    "cpus_online": 2,
    "pinned_cpu": 0,
    "privilege": "in a user namespace of uid 1000",
    "pid_namespace_level": 3,
    "mounts": 19,
    "virtual_memory_areas": 25,
    "resident_bytes": 5242880,
    "open_descriptors": 4,
    "threads": 1,
    "build": "optimised",
    "sanitizer": "",
    "quick": true,
    "began": "2026-01-31T12:00:00Z",
    "elapsed_seconds": 9.5,
    "cpu_share_of_others": 0.48,
    "cpu_share_stolen": 0.015625,
    "doubts": [
      "overloaded: others took 48 % of the CPU"
    ]
  },
  "omissions": [
    {
      "name": "create/NEWTIME",
      "needs": "Linux 5.6",
      "probed": "clone3(CLONE_NEWTIME) -> EINVAL",
      "to_run": "a newer kernel"
    }
  ],
  "comparisons": [
    {
      "name": "create/NEWPID/vfork",
      "group": "create",
      "row": "NEWPID",
      "base": "vfork",
      "subject_ran": "clone3(CLONE_VM|CLONE_VFORK|CLONE_NEWPID)",
      "base_ran": "clone3(CLONE_VM|CLONE_VFORK)",
      "quantile": 0.1,
      "rounds": [
        [
          {"subject_ns":[51204,34901,34888],"base_ns":[29301,29300]},
          {"subject_ns":[35002],"base_ns":[0,29344]}
        ],
        [
          {"subject_ns":[3600000000000],"base_ns":[29399]}
        ]
      ]
    },
    {
      "name": "depth/NEWPID/31/cow",
      "group": "depth",
      "row": "NEWPID",
      "base": "cow",
      "x": 31,
      "subject_ran": "…",
      "base_ran": "",
      "quantile": 0.5,
      "rounds": [
        [
          {"subject_ns":[135000],"base_ns":[126000]}
        ]
      ]
    }
  ]
}
)json";

TEST(MeasuredFromJson, GivesWhatTheFileSays) {
  const Measured measured = MeasuredFromJson(kFile);
  EXPECT_TRUE(measured.complete);
  EXPECT_EQ(measured.seed, 18446744073709551615U);

  const Context& context = measured.context;
  EXPECT_EQ(context.kernel, "6.18.44");
  EXPECT_EQ(context.machine, "x86_64");
  EXPECT_EQ(context.cpu_model, "AMD EPYC 9R14");
  EXPECT_EQ(context.hypervisor, "KVMKVMKVM");
  EXPECT_EQ(context.cpus_online, 2);
  EXPECT_EQ(context.pinned_cpu, 0);
  EXPECT_EQ(context.privilege, "in a user namespace of uid 1000");
  EXPECT_EQ(context.pid_namespace_level, 3);
  EXPECT_EQ(context.mounts, 19);
  EXPECT_EQ(context.virtual_memory_areas, 25);
  EXPECT_EQ(context.resident_bytes, 5242880);
  EXPECT_EQ(context.open_descriptors, 4);
  EXPECT_EQ(context.threads, 1);
  EXPECT_EQ(context.build, "optimised");
  EXPECT_EQ(context.sanitizer, "");
  EXPECT_TRUE(context.quick);
  EXPECT_EQ(context.began, "2026-01-31T12:00:00Z");
  EXPECT_EQ(context.elapsed_seconds, 9.5);
  EXPECT_EQ(context.cpu_share_of_others, 0.48);
  EXPECT_EQ(context.cpu_share_stolen, 0.015625);

  ASSERT_THAT(measured.omissions, SizeIs(1));
  EXPECT_EQ(measured.omissions[0].name, "create/NEWTIME");
  EXPECT_EQ(measured.omissions[0].needs, "Linux 5.6");
  EXPECT_EQ(measured.omissions[0].probed, "clone3(CLONE_NEWTIME) -> EINVAL");
  EXPECT_EQ(measured.omissions[0].to_run, "a newer kernel");

  ASSERT_THAT(measured.comparisons, SizeIs(2));
  const Comparison& create = measured.comparisons[0];
  EXPECT_EQ(create.group, "create");
  EXPECT_EQ(create.row, "NEWPID");
  EXPECT_EQ(create.base, "vfork");
  EXPECT_EQ(create.x, std::nullopt);
  EXPECT_EQ(create.subject_ran, "clone3(CLONE_VM|CLONE_VFORK|CLONE_NEWPID)");
  EXPECT_EQ(create.base_ran, "clone3(CLONE_VM|CLONE_VFORK)");
  EXPECT_EQ(create.quantile, 0.1);
  ASSERT_THAT(create.rounds, ElementsAre(SizeIs(2), SizeIs(1)));
  EXPECT_THAT(create.rounds[0][0].subject, ElementsAre(51204, 34901, 34888));
  EXPECT_THAT(create.rounds[0][0].base, ElementsAre(29301, 29300));
  EXPECT_THAT(create.rounds[0][1].subject, ElementsAre(35002));
  EXPECT_THAT(create.rounds[0][1].base, ElementsAre(0, 29344));
  EXPECT_THAT(create.rounds[1][0].subject, ElementsAre(3.6e12));
  EXPECT_THAT(create.rounds[1][0].base, ElementsAre(29399));

  const Comparison& depth = measured.comparisons[1];
  EXPECT_EQ(depth.x, 31);
  EXPECT_EQ(depth.subject_ran, "…");
  EXPECT_EQ(depth.quantile, 0.5);
  ASSERT_THAT(depth.rounds, ElementsAre(SizeIs(1)));
}

TEST(JsonText, IsTheFileAgain) {
  EXPECT_EQ(JsonText(MeasuredFromJson(kFile)), kFile);
}

TEST(JsonText, IsOfARunThatWasInterruptedAtOnce) {
  const std::string text = JsonText(Measured());
  EXPECT_THAT(text, HasSubstr("\n  \"comparisons\": []\n"));
  const Measured read = MeasuredFromJson(text);
  EXPECT_FALSE(read.complete);
  EXPECT_EQ(read.context.pinned_cpu, std::nullopt);
  EXPECT_EQ(read.context.pid_namespace_level, std::nullopt);
  EXPECT_THAT(read.omissions, IsEmpty());
  EXPECT_THAT(read.comparisons, IsEmpty());
}

TEST(JsonText, ReplacesWhatIsNoUtf8) {
  Measured measured;
  measured.context.cpu_model = "CPU \xff";
  EXPECT_EQ(MeasuredFromJson(JsonText(measured)).context.cpu_model,
            "CPU \uFFFD");
}

TEST(JsonText, RoundsFractionsOfANanosecond) {
  Measured measured;
  measured.comparisons.emplace_back().rounds = {{{{156.4, 156.5}, {155.6}}}};
  const Json json = Json::parse(JsonText(measured));
  const Json& pair = json["comparisons"][0]["rounds"][0][0];
  EXPECT_EQ(pair["subject_ns"].dump(), "[156,157]");
  EXPECT_EQ(pair["base_ns"].dump(), "[156]");
}

// The reason why the text is refused.
std::string RefusalOfText(const std::string& text) {
  try {
    MeasuredFromJson(text);
  } catch (const Error& error) {
    return error.message;
  }
  return "it was not refused";
}

std::string Refusal(const Json& json) { return RefusalOfText(json.dump()); }

TEST(MeasuredFromJson, RefusesHalfAFile) {
  const std::string file = kFile;
  for (const size_t size : {size_t{0}, size_t{1}, file.size() / 2}) {
    EXPECT_EQ(RefusalOfText(file.substr(0, size)),
              "it is not JSON, or it has no end");
  }
}

// The reason why the file is refused after this change.
std::string RefusalAfter(const std::function<void(Json& json)>& change) {
  Json json = Json::parse(kFile);
  change(json);
  return Refusal(json);
}

TEST(MeasuredFromJson, RefusesWhatIsOfAnotherProgram) {
  const std::string refusal = "this is no file of \"pidlab bench\"";
  EXPECT_EQ(Refusal(Json()), refusal);
  EXPECT_EQ(Refusal("pidlab bench"), refusal);
  EXPECT_EQ(Refusal(Json::array({"program", "pidlab bench"})), refusal);
  EXPECT_EQ(Refusal(Json::object()), refusal);
  // These are like the files of Google Benchmark and of pidlab verify.
  EXPECT_EQ(Refusal({{"context", Json::object()}, {"benchmarks", {1}}}),
            refusal);
  EXPECT_EQ(Refusal({{"pidlab", "1.0"}, {"complete", true}}), refusal);
  EXPECT_EQ(RefusalAfter([](Json& json) { json["program"] = "other"; }),
            refusal);
}

TEST(MeasuredFromJson, RefusesAnotherFormatWhateverElseThereIs) {
  EXPECT_EQ(Refusal({{"program", "pidlab bench"}, {"format", 3}}),
            "its format is 3: only 2 is known here");
  EXPECT_EQ(Refusal({{"program", "pidlab bench"}, {"format", "2"}}),
            "its format is \"2\": only 2 is known here");
  EXPECT_EQ(Refusal({{"program", "pidlab bench"}}), "format: missing");
}

// The file is refused if this object lacks one of its members, and the message
// names the member.
void ExpectAllNeeded(const Json::json_pointer& where, const std::string& place,
                     const std::string& not_needed) {
  const Json file = Json::parse(kFile);
  for (const auto& item : file[where].items()) {
    const std::string& key = item.key();
    if (key == not_needed) continue;
    EXPECT_EQ(RefusalAfter([&](Json& json) { json[where].erase(key); }),
              place + key + ": missing");
  }
}

TEST(MeasuredFromJson, NamesTheKeyThatIsMissing) {
  ExpectAllNeeded(Json::json_pointer(""), "", "program");
  // The doubts follow from the rest.
  ExpectAllNeeded(Json::json_pointer("/context"), "context.", "doubts");
  ExpectAllNeeded(Json::json_pointer("/omissions/0"), "omissions[0].", "");
  ExpectAllNeeded(Json::json_pointer("/comparisons/0"), "comparisons[0].", "");
  ExpectAllNeeded(Json::json_pointer("/comparisons/0/rounds/0/1"),
                  "comparisons[0].rounds[0][1].", "");
}

// Without its x, a comparison of a curve has another name.
TEST(MeasuredFromJson, RefusesANameThatIsNotThatOfItsParts) {
  EXPECT_EQ(RefusalAfter([](Json& json) { json["comparisons"][1].erase("x"); }),
            "comparisons[1].name: \"depth/NEWPID/31/cow\" instead of "
            "\"depth/NEWPID/cow\"");
}

// The file is refused if a member of this object is null, unless it may be
// null.
void ExpectNotNull(const Json::json_pointer& where, const std::string& place) {
  const Json file = Json::parse(kFile);
  for (const auto& item : file[where].items()) {
    const std::string& key = item.key();
    if (key == "program" || key == "format" || key == "doubts") continue;
    if (key == "pinned_cpu" || key == "pid_namespace_level") continue;
    EXPECT_THAT(RefusalAfter([&](Json& json) { json[where][key] = nullptr; }),
                HasSubstr(place + key + ": null instead of "));
  }
}

TEST(MeasuredFromJson, RefusesWhatIsOfAnotherKind) {
  ExpectNotNull(Json::json_pointer(""), "");
  ExpectNotNull(Json::json_pointer("/context"), "context.");
  ExpectNotNull(Json::json_pointer("/omissions/0"), "omissions[0].");
  ExpectNotNull(Json::json_pointer("/comparisons/1"), "comparisons[1].");
  ExpectNotNull(Json::json_pointer("/comparisons/0/rounds/1/0"),
                "comparisons[0].rounds[1][0].");
}

// The reason why the file is refused if `value` is put there.
std::string RefusalWith(const std::string& where, const Json& value) {
  return RefusalAfter(
      [&](Json& json) { json[Json::json_pointer(where)] = value; });
}

TEST(MeasuredFromJson, RefusesSamplesThatAreNoTimes) {
  const std::string sample = "/comparisons/0/rounds/0/1/base_ns/1";
  const std::string place = "comparisons[0].rounds[0][1].base_ns[1]: ";
  const std::string wanted =
      " instead of a whole number from 0 to 3600000000000";
  EXPECT_EQ(RefusalWith(sample, -1), place + "-1" + wanted);
  EXPECT_EQ(RefusalWith(sample, 3'600'000'000'001),
            place + "3600000000001" + wanted);
  EXPECT_EQ(RefusalWith(sample, std::numeric_limits<uint64_t>::max()),
            place + "18446744073709551615" + wanted);
  EXPECT_EQ(RefusalWith(sample, 29.5), place + "29.5" + wanted);
  EXPECT_EQ(RefusalWith(sample, 1e30), place + "1e+30" + wanted);
  EXPECT_EQ(RefusalWith(sample, "29"), place + "string" + wanted);
  EXPECT_EQ(RefusalWith(sample, true), place + "boolean" + wanted);
  EXPECT_EQ(RefusalWith(sample, Json::array()), place + "array" + wanted);
}

TEST(MeasuredFromJson, RefusesWhatHasNoSamples) {
  const Json empty = Json::array();
  const std::string rounds = "/comparisons/1/rounds";
  EXPECT_EQ(RefusalWith(rounds, empty), "comparisons[1].rounds: empty");
  EXPECT_EQ(RefusalWith(rounds + "/0", empty),
            "comparisons[1].rounds[0]: empty");
  EXPECT_EQ(RefusalWith(rounds + "/0", 5),
            "comparisons[1].rounds[0]: 5 instead of a list");
  EXPECT_EQ(RefusalWith(rounds + "/0/0", empty),
            "comparisons[1].rounds[0][0]: array instead of an object");
  EXPECT_EQ(RefusalWith(rounds + "/0/0/subject_ns", empty),
            "comparisons[1].rounds[0][0].subject_ns: empty");
  EXPECT_EQ(RefusalWith(rounds + "/0/0/base_ns", empty),
            "comparisons[1].rounds[0][0].base_ns: empty");
}

TEST(MeasuredFromJson, RefusesNumbersThatCannotBe) {
  EXPECT_EQ(RefusalWith("/seed", -1),
            "seed: -1 instead of a whole number from 0 to "
            "18446744073709551615");
  EXPECT_EQ(RefusalWith("/comparisons/0/quantile", 1.5),
            "comparisons[0].quantile: 1.5 instead of a number from 0 to 1");
  EXPECT_EQ(RefusalWith("/comparisons/0/quantile", -0.5),
            "comparisons[0].quantile: -0.5 instead of a number from 0 to 1");
  EXPECT_EQ(RefusalWith("/context/cpus_online", 9223372036854775808U),
            "context.cpus_online: 9223372036854775808 instead of a whole "
            "number from 0 to 9223372036854775807");
  EXPECT_EQ(RefusalWith("/context/pinned_cpu", -1),
            "context.pinned_cpu: -1 instead of a whole number from 0 to "
            "9223372036854775807");
  EXPECT_EQ(RefusalWith("/context/cpu_share_of_others", 1.01),
            "context.cpu_share_of_others: 1.01 instead of a number from 0 to "
            "1");
}

}  // namespace
}  // namespace pidlab
