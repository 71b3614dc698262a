// The report as JSON, in a file: everything that was found, with complete
// records. pidlab promises to keep its keys.

#ifndef PIDLAB_TOOL_REPORT_JSON_REPORTER_H_
#define PIDLAB_TOOL_REPORT_JSON_REPORTER_H_

#include <string>

#include "tool/report/reporter.h"
#include "tool/report/result_file.h"

namespace pidlab {

class JsonReporter : public Reporter {
 public:
  // Throws Error if the file cannot be written; so does End().
  explicit JsonReporter(const std::string& path) : file_(path) {}

  void End(const Results& results) override;

 private:
  ResultFile file_;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_JSON_REPORTER_H_
