// A Record as JSON, and back. pidlab promises to keep the keys, which are never
// translated. Everything else that is reported can be made from it.

#ifndef PIDLAB_TOOL_REPORT_RECORD_JSON_H_
#define PIDLAB_TOOL_REPORT_RECORD_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "lib/trial/record.h"

namespace pidlab {

nlohmann::ordered_json ToJson(const Record& record);

// The verdict that has this VerdictName(). Throws a std::exception.
Verdict VerdictFromName(const std::string& name);

// Throws a std::exception if it is not a record.
Record RecordFromJson(const nlohmann::ordered_json& json);

// The document as text; bytes that are not UTF-8 become U+FFFD. `indent` as in
// dump(): -1 is one line.
std::string TextOf(const nlohmann::ordered_json& json, int indent);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_RECORD_JSON_H_
