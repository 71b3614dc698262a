// A Record as JSON, and back: the keys are part of what pidlab promises, and
// are never translated. Everything else that is reported can be made from it.

#ifndef PIDLAB_LIB_REPORT_RECORD_JSON_H_
#define PIDLAB_LIB_REPORT_RECORD_JSON_H_

#include <nlohmann/json.hpp>

#include "lib/trial/record.h"

namespace pidlab {

nlohmann::ordered_json ToJson(const Record& record);

// The one that VerdictName() calls so. Throws a std::exception.
Verdict VerdictFromName(const std::string& name);

// Throws a std::exception when it is no record.
Record RecordFromJson(const nlohmann::ordered_json& json);

}  // namespace pidlab

#endif  // PIDLAB_LIB_REPORT_RECORD_JSON_H_
