#include "benchmarks/analysis/measured.h"

#include <fmt/core.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "benchmarks/analysis/fields.h"

namespace pidlab {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kProgram = "pidlab bench";
constexpr int kFormat = 1;

// An hour: nothing that is measured here takes so long.
constexpr int64_t kLongestNs = 3'600'000'000'000;

std::vector<double> WithoutFirst(const std::vector<double>& samples) {
  const size_t dropped = samples.size() > 1 ? 1 : 0;
  return {samples.begin() + static_cast<ptrdiff_t>(dropped), samples.end()};
}

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
Json ListToJson(const std::vector<T>& items) {
  Json json = Json::array();
  for (const T& item : items) json.push_back(ToJson(item));
  return json;
}

std::string ElementOf(const std::string& place, size_t index) {
  return fmt::format("{}[{}]", place, index);
}

std::vector<double> SamplesFromJson(const Fields& pair, const char* key) {
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
  if (json.empty()) throw std::runtime_error(place + ": empty");
  Round round;
  for (const Json& element : json) {
    const Fields pair(element, ElementOf(place, round.size()));
    round.push_back({SamplesFromJson(pair, "subject_ns"),
                     SamplesFromJson(pair, "base_ns")});
  }
  return round;
}

Comparison ComparisonFromJson(const Json& json, const std::string& place) {
  const Fields fields(json, place);
  Comparison comparison;
  comparison.group = fields.Text("group");
  comparison.row = fields.Text("row");
  comparison.base = fields.Text("base");
  if (fields.Has("x")) {
    comparison.x =
        fields.Whole<int64_t>("x", std::numeric_limits<int64_t>::min());
  }
  if (const std::string name = fields.Text("name"); name != comparison.Name()) {
    throw std::runtime_error(fmt::format("{}: \"{}\" instead of \"{}\"",
                                         fields.PlaceOf("name"), name,
                                         comparison.Name()));
  }
  comparison.subject_ran = fields.Text("subject_ran");
  comparison.base_ran = fields.Text("base_ran");
  comparison.quantile = fields.Number("quantile", 0, 1);
  for (const Json& round : fields.List("rounds")) {
    comparison.rounds.push_back(RoundFromJson(
        round, ElementOf(fields.PlaceOf("rounds"), comparison.rounds.size())));
  }
  return comparison;
}

Omission OmissionFromJson(const Json& json, const std::string& place) {
  const Fields fields(json, place);
  return {fields.Text("name"), fields.Text("needs"), fields.Text("probed"),
          fields.Text("to_run")};
}

// The list may be empty, in a run that was interrupted at once.
template <typename T>
std::vector<T> ListFromJson(const Fields& fields, const char* key,
                            T (*from_json)(const Json&, const std::string&)) {
  const Json& list = fields.At(key);
  if (!list.is_array()) RefuseJson(key, list, "a list");
  std::vector<T> items;
  for (const Json& json : list) {
    items.push_back(from_json(json, ElementOf(key, items.size())));
  }
  return items;
}

// Before anything else: what is missing in another program's file is no help.
void CheckOrigin(const Json& json) {
  if (!json.contains("program") || json["program"] != kProgram) {
    throw std::runtime_error(
        fmt::format("this is no file of \"{}\"", kProgram));
  }
  const Json& format = Fields(json, "").At("format");
  if (format != kFormat) {
    throw std::runtime_error(fmt::format(
        "its format is {}: only {} is known here", format.dump(), kFormat));
  }
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

std::string Comparison::Name() const {
  const std::string curve = x ? fmt::format("{}/", *x) : "";
  return fmt::format("{}/{}/{}{}", group, row, curve, base);
}

std::vector<Round> Comparison::Kept() const {
  std::vector<Round> kept = rounds;
  for (Round& round : kept) {
    for (BlockPair& pair : round) {
      pair = {WithoutFirst(pair.subject), WithoutFirst(pair.base)};
    }
  }
  return kept;
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

Measured MeasuredFromJson(const Json& json) {
  CheckOrigin(json);
  const Fields fields(json, "");
  Measured measured;
  measured.complete = fields.Flag("complete");
  measured.seed = fields.Whole<uint64_t>("seed", 0);
  measured.context = ContextFromJson(fields.At("context"));
  measured.omissions = ListFromJson(fields, "omissions", OmissionFromJson);
  measured.comparisons =
      ListFromJson(fields, "comparisons", ComparisonFromJson);
  return measured;
}

std::string JsonText(const Measured& measured) {
  std::string text;
  AppendText(ToJson(measured), 0, text);
  return text + "\n";
}

}  // namespace pidlab
