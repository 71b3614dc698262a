#include "benchmarks/analysis/measured_json.h"

#include <fmt/core.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "benchmarks/analysis/json_object.h"
#include "lib/host/error.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kProgram = "pidlab bench";
constexpr int kFormat = 2;

// An hour: nothing that is measured here takes that long.
constexpr int64_t kLongestNs = 3'600'000'000'000;

Json SamplesToJson(const std::vector<double>& samples) {
  Json json = Json::array();
  for (const double sample : samples) json.push_back(std::llround(sample));
  return json;
}

Json ToJson(const std::vector<Round>& rounds) {
  Json json = Json::array();
  for (const Round& round : rounds) {
    Json pairs = Json::array();
    for (const BlockPair& pair : round) {
      pairs.push_back({{"subject_ns", SamplesToJson(pair.subject)},
                       {"base_ns", SamplesToJson(pair.base)}});
    }
    json.push_back(std::move(pairs));
  }
  return json;
}

Json ToJson(const Comparison& comparison) {
  Json json = {{"name", comparison.Name()},
               {"group", comparison.group},
               {"row", comparison.row},
               {"base", comparison.base}};
  if (comparison.x) json["x"] = *comparison.x;
  json["subject_ran"] = comparison.subject_ran;
  json["base_ran"] = comparison.base_ran;
  json["quantile"] = comparison.quantile;
  json["rounds"] = ToJson(comparison.rounds);
  return json;
}

Json ToJson(const Omission& omission) {
  return {{"name", omission.name},
          {"needs", omission.needs},
          {"probed", omission.probed},
          {"to_run", omission.to_run}};
}

template <typename T>
Json ValueToJson(const T& value) {
  return value;
}
Json ValueToJson(std::optional<int64_t> number) {
  return number ? Json(*number) : Json();
}

// The doubts are written, too, but not read back, since they follow from the
// rest.
Json ToJson(const Context& context) {
  Json json;
  ForEachContextField([&](const auto& field) {
    json[field.key] = ValueToJson(context.*field.member);
  });
  json["doubts"] = Doubts(context);
  return json;
}

template <typename T>
Json ListToJson(const std::vector<T>& items) {
  Json json = Json::array();
  for (const T& item : items) json.push_back(ToJson(item));
  return json;
}

std::string ElementOf(const std::string& place, size_t index) {
  return fmt::format("{}[{}]", place, index);
}

std::vector<double> SamplesFromJson(const JsonObject& pair, const char* key) {
  std::vector<double> samples;
  for (const Json& json : pair.List(key)) {
    const auto sample = WholeNumber<int64_t>(json, 0, kLongestNs);
    if (!sample) {
      RefuseJson(ElementOf(pair.PlaceOf(key), samples.size()), json,
                 fmt::format("a whole number from 0 to {}", kLongestNs));
    }
    samples.push_back(static_cast<double>(*sample));
  }
  return samples;
}

Round RoundFromJson(const Json& json, const std::string& place) {
  if (!json.is_array()) RefuseJson(place, json, "a list");
  if (json.empty()) FailAsHarness(place + ": empty");
  Round round;
  for (const Json& element : json) {
    const JsonObject pair(element, ElementOf(place, round.size()));
    round.push_back({SamplesFromJson(pair, "subject_ns"),
                     SamplesFromJson(pair, "base_ns")});
  }
  return round;
}

Comparison ComparisonFromJson(const Json& json, const std::string& place) {
  const JsonObject object(json, place);
  Comparison comparison;
  comparison.group = object.Text("group");
  comparison.row = object.Text("row");
  comparison.base = object.Text("base");
  if (object.Has("x")) {
    comparison.x =
        object.Whole<int64_t>("x", std::numeric_limits<int64_t>::min());
  }
  if (const std::string name = object.Text("name"); name != comparison.Name()) {
    FailAsHarness(fmt::format("{}: \"{}\" instead of \"{}\"",
                              object.PlaceOf("name"), name, comparison.Name()));
  }
  comparison.subject_ran = object.Text("subject_ran");
  comparison.base_ran = object.Text("base_ran");
  comparison.quantile = object.Number("quantile", 0, 1);
  for (const Json& round : object.List("rounds")) {
    comparison.rounds.push_back(RoundFromJson(
        round, ElementOf(object.PlaceOf("rounds"), comparison.rounds.size())));
  }
  return comparison;
}

// These overloads read a member of Context, by its type.
void Read(const JsonObject& from, const ContextField<std::string>& field,
          std::string& text) {
  text = from.Text(field.key);
}
void Read(const JsonObject& from, const ContextField<bool>& field, bool& flag) {
  flag = from.Flag(field.key);
}
void Read(const JsonObject& from, const ContextField<int64_t>& field,
          int64_t& number) {
  number = from.Whole<int64_t>(field.key, 0);
}
void Read(const JsonObject& from,
          const ContextField<std::optional<int64_t>>& field,
          std::optional<int64_t>& number) {
  number.reset();
  if (!from.At(field.key).is_null()) number = from.Whole<int64_t>(field.key, 0);
}
void Read(const JsonObject& from, const ContextField<double>& field,
          double& number) {
  number = from.Number(field.key, 0, field.most);
}

Context ContextFromJson(const Json& json) {
  const JsonObject object(json, "context");
  Context context;
  ForEachContextField(
      [&](const auto& field) { Read(object, field, context.*field.member); });
  return context;
}

Omission OmissionFromJson(const Json& json, const std::string& place) {
  const JsonObject object(json, place);
  return {object.Text("name"), object.Text("needs"), object.Text("probed"),
          object.Text("to_run")};
}

// The list may be empty, in a run that was interrupted at once.
template <typename T>
std::vector<T> ListFromJson(const JsonObject& object, const char* key,
                            T (*from_json)(const Json&, const std::string&)) {
  const Json& list = object.At(key);
  if (!list.is_array()) RefuseJson(key, list, "a list");
  std::vector<T> items;
  for (const Json& json : list) {
    items.push_back(from_json(json, ElementOf(key, items.size())));
  }
  return items;
}

// This is checked first: a message about a missing key would not help if the
// file is from another program.
void CheckOrigin(const Json& json) {
  if (!json.contains("program") || json["program"] != kProgram) {
    FailAsHarness(fmt::format("this is no file of \"{}\"", kProgram));
  }
  const Json& format = JsonObject(json, "").At("format");
  if (format != kFormat) {
    FailAsHarness(fmt::format("its format is {}: only {} is known here",
                              format.dump(), kFormat));
  }
}

Json ToJson(const Measured& measured) {
  return {{"program", kProgram},
          {"format", kFormat},
          {"complete", measured.complete},
          {"seed", measured.seed},
          {"context", ToJson(measured.context)},
          {"omissions", ListToJson(measured.omissions)},
          {"comparisons", ListToJson(measured.comparisons)}};
}

// How many levels of the document are broken into lines: itself, the list of
// comparisons, one of them, its rounds, the block pairs of a round.
constexpr size_t kBrokenLevels = 5;

void AppendText(const Json& json, size_t level, std::string& text) {
  if (level == kBrokenLevels || json.is_primitive() || json.empty()) {
    text += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  constexpr size_t kIndent = 2;
  text += json.is_object() ? "{" : "[";
  const char* separator = "\n";
  for (const auto& [key, value] : json.items()) {
    text += separator + std::string(kIndent * (level + 1), ' ');
    if (json.is_object()) text += fmt::format("\"{}\": ", key);
    AppendText(value, level + 1, text);
    separator = ",\n";
  }
  text += "\n" + std::string(kIndent * level, ' ');
  text += json.is_object() ? "}" : "]";
}

}  // namespace

Measured MeasuredFromJson(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    FailAsHarness("it is not JSON, or it has no end");
  }
  CheckOrigin(json);
  const JsonObject document(json, "");
  Measured measured;
  measured.complete = document.Flag("complete");
  measured.seed = document.Whole<uint64_t>("seed", 0);
  measured.context = ContextFromJson(document.At("context"));
  measured.omissions = ListFromJson(document, "omissions", OmissionFromJson);
  measured.comparisons =
      ListFromJson(document, "comparisons", ComparisonFromJson);
  return measured;
}

std::string JsonText(const Measured& measured) {
  std::string text;
  AppendText(ToJson(measured), 0, text);
  return text + "\n";
}

}  // namespace pidlab
