#include "benchmarks/analysis/fields.h"

namespace pidlab {

using Json = nlohmann::ordered_json;

void RefuseJson(std::string_view place, const Json& found,
                std::string_view wanted) {
  throw std::runtime_error(fmt::format(
      "{}{}{} instead of {}", place, place.empty() ? "" : ": ",
      found.is_number() ? found.dump() : found.type_name(), wanted));
}

Fields::Fields(const Json& object, std::string place)
    : object_(object), place_(std::move(place)) {
  if (!object.is_object()) RefuseJson(place_, object, "an object");
}

std::string Fields::PlaceOf(std::string_view key) const {
  return fmt::format("{}{}{}", place_, place_.empty() ? "" : ".", key);
}

const Json& Fields::At(const char* key) const {
  const auto found = object_.find(key);
  if (found == object_.end()) {
    throw std::runtime_error(PlaceOf(key) + ": missing");
  }
  return *found;
}

std::string Fields::Text(const char* key) const {
  const Json& text = At(key);
  if (!text.is_string()) RefuseJson(PlaceOf(key), text, "a text");
  return text.get<std::string>();
}

bool Fields::Flag(const char* key) const {
  const Json& flag = At(key);
  if (!flag.is_boolean()) RefuseJson(PlaceOf(key), flag, "true or false");
  return flag.get<bool>();
}

double Fields::Number(const char* key, double low, double high) const {
  const Json& json = At(key);
  if (!json.is_number() || json < low || json > high) {
    RefuseJson(PlaceOf(key), json,
               fmt::format("a number from {} to {}", low, high));
  }
  return json.get<double>();
}

const Json& Fields::List(const char* key) const {
  const Json& list = At(key);
  if (!list.is_array()) RefuseJson(PlaceOf(key), list, "a list");
  if (list.empty()) throw std::runtime_error(PlaceOf(key) + ": empty");
  return list;
}

}  // namespace pidlab
