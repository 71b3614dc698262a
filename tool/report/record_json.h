// A Record as JSON, and back: the keys are part of what pidlab promises, and
// are never translated. Everything else that is reported can be made from it.

#ifndef PIDLAB_TOOL_REPORT_RECORD_JSON_H_
#define PIDLAB_TOOL_REPORT_RECORD_JSON_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "lib/trial/record.h"

namespace pidlab {

nlohmann::ordered_json ToJson(const Record& record);

// The one that VerdictName() calls so. Throws a std::exception.
Verdict VerdictFromName(const std::string& name);

// Throws a std::exception when it is no record.
Record RecordFromJson(const nlohmann::ordered_json& json);

// The document as text; bytes that are no UTF-8 become U+FFFD. `indent` as in
// dump(): -1 is one line.
std::string TextOf(const nlohmann::ordered_json& json, int indent);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_RECORD_JSON_H_
