#include "benchmarks/analysis/json_object.h"

#include <fmt/core.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "lib/host/error.h"

namespace pidlab {

using Json = nlohmann::ordered_json;

template <typename Integer>
std::optional<Integer> WholeNumber(const Json& json, Integer low,
                                   Integer high) {
  const auto fitting = [low, high](auto number) -> std::optional<Integer> {
    if (std::cmp_less(number, low) || std::cmp_greater(number, high)) return {};
    return static_cast<Integer>(number);
  };
  if (json.is_number_unsigned()) return fitting(json.get<uint64_t>());
  if (json.is_number_integer()) return fitting(json.get<int64_t>());
  return {};
}
template std::optional<int64_t> WholeNumber(const Json&, int64_t, int64_t);
template std::optional<uint64_t> WholeNumber(const Json&, uint64_t, uint64_t);

void RefuseJson(std::string_view place, const Json& found,
                std::string_view wanted) {
  FailAsHarness(fmt::format(
      "{}{}{} instead of {}", place, place.empty() ? "" : ": ",
      found.is_number() ? found.dump() : found.type_name(), wanted));
}

JsonObject::JsonObject(const Json& object, std::string place)
    : object_(object), place_(std::move(place)) {
  if (!object.is_object()) RefuseJson(place_, object, "an object");
}

std::string JsonObject::PlaceOf(std::string_view key) const {
  return fmt::format("{}{}{}", place_, place_.empty() ? "" : ".", key);
}

const Json& JsonObject::At(const char* key) const {
  const auto found = object_.find(key);
  if (found == object_.end()) FailAsHarness(PlaceOf(key) + ": missing");
  return *found;
}

bool JsonObject::Has(const char* key) const { return object_.contains(key); }

std::string JsonObject::Text(const char* key) const {
  const Json& text = At(key);
  if (!text.is_string()) RefuseJson(PlaceOf(key), text, "a text");
  return text.get<std::string>();
}

bool JsonObject::Flag(const char* key) const {
  const Json& flag = At(key);
  if (!flag.is_boolean()) RefuseJson(PlaceOf(key), flag, "true or false");
  return flag.get<bool>();
}

double JsonObject::Number(const char* key, double low, double high) const {
  const Json& json = At(key);
  if (!json.is_number() || json < low || json > high) {
    RefuseJson(PlaceOf(key), json,
               fmt::format("a number from {} to {}", low, high));
  }
  return json.get<double>();
}

const Json& JsonObject::List(const char* key) const {
  const Json& list = At(key);
  if (!list.is_array()) RefuseJson(PlaceOf(key), list, "a list");
  if (list.empty()) FailAsHarness(PlaceOf(key) + ": empty");
  return list;
}

template <typename Integer>
Integer JsonObject::Whole(const char* key, Integer low, Integer high) const {
  const std::optional<Integer> number = WholeNumber(At(key), low, high);
  if (!number) {
    RefuseJson(PlaceOf(key), At(key),
               fmt::format("a whole number from {} to {}", low, high));
  }
  return *number;
}
template int64_t JsonObject::Whole(const char*, int64_t, int64_t) const;
template uint64_t JsonObject::Whole(const char*, uint64_t, uint64_t) const;

}  // namespace pidlab
