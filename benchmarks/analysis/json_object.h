// Reads an object of a JSON document: its members, each of the type that the
// caller asks for. If a member is missing or of another type, the error names
// its place in the document: "comparisons[2].quantile: missing".

#ifndef PIDLAB_BENCHMARKS_ANALYSIS_JSON_OBJECT_H_
#define PIDLAB_BENCHMARKS_ANALYSIS_JSON_OBJECT_H_

#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace pidlab {

// The number, if it is whole and between `low` and `high`, inclusive. For
// int64_t and uint64_t.
template <typename Integer>
std::optional<Integer> WholeNumber(const nlohmann::ordered_json& json,
                                   Integer low, Integer high);

// Throws Error: "seed: string instead of a whole number".
[[noreturn]] void RefuseJson(std::string_view place,
                             const nlohmann::ordered_json& found,
                             std::string_view wanted);

// Each function throws Error.
class JsonObject {
 public:
  // `place` is the place of the object; "" for the whole document.
  JsonObject(const nlohmann::ordered_json& object, std::string place);

  // "context.kernel"
  std::string PlaceOf(std::string_view key) const;

  const nlohmann::ordered_json& At(const char* key) const;
  bool Has(const char* key) const;

  std::string Text(const char* key) const;
  bool Flag(const char* key) const;
  double Number(const char* key, double low, double high) const;
  // A list with at least one element.
  const nlohmann::ordered_json& List(const char* key) const;

  // For the same types as WholeNumber().
  template <typename Integer>
  Integer Whole(const char* key, Integer low,
                Integer high = std::numeric_limits<Integer>::max()) const;

 private:
  const nlohmann::ordered_json& object_;
  std::string place_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_ANALYSIS_JSON_OBJECT_H_
