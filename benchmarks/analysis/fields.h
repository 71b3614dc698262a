// The members of a JSON object, each of the kind that is asked for. What is
// missing or of another kind is told with its place in the document:
// "comparisons[2].quantile: missing".

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_FIELDS_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_FIELDS_H_

#include <fmt/core.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace pidlab {

// The number, if it is a whole one and `low` <= it <= `high`.
template <typename Integer>
std::optional<Integer> WholeNumber(const nlohmann::ordered_json& json,
                                   Integer low, Integer high) {
  const auto fitting = [low, high](auto number) -> std::optional<Integer> {
    if (std::cmp_less(number, low) || std::cmp_greater(number, high)) return {};
    return static_cast<Integer>(number);
  };
  if (json.is_number_unsigned()) return fitting(json.get<uint64_t>());
  if (json.is_number_integer()) return fitting(json.get<int64_t>());
  return {};
}

// Throws std::runtime_error: "seed: string instead of a whole number".
[[noreturn]] void RefuseJson(std::string_view place,
                             const nlohmann::ordered_json& found,
                             std::string_view wanted);

// Each function throws std::runtime_error.
class Fields {
 public:
  // `place` is that of the object; "" for the whole document.
  Fields(const nlohmann::ordered_json& object, std::string place);

  // "context.kernel"
  std::string PlaceOf(std::string_view key) const;

  const nlohmann::ordered_json& At(const char* key) const;
  bool Has(const char* key) const { return object_.contains(key); }

  std::string Text(const char* key) const;
  bool Flag(const char* key) const;
  double Number(const char* key, double low, double high) const;
  // Of at least one element.
  const nlohmann::ordered_json& List(const char* key) const;

  template <typename Integer>
  Integer Whole(const char* key, Integer low,
                Integer high = std::numeric_limits<Integer>::max()) const {
    const std::optional<Integer> number = WholeNumber(At(key), low, high);
    if (!number) {
      RefuseJson(PlaceOf(key), At(key),
                 fmt::format("a whole number from {} to {}", low, high));
    }
    return *number;
  }

 private:
  const nlohmann::ordered_json& object_;
  std::string place_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_FIELDS_H_
