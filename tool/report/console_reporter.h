// The report on standard output: a line for each folder as soon as it is done,
// then what did not pass, and the counts.

#ifndef PIDLAB_TOOL_REPORT_CONSOLE_REPORTER_H_
#define PIDLAB_TOOL_REPORT_CONSOLE_REPORTER_H_

#include "tool/report/reporter.h"

namespace pidlab {

class ConsoleReporter : public Reporter {
 public:
  void Begin(const Results& results) override;
  void FolderDone(const FolderResults& folder) override;
  void End(const Results& results) override;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_CONSOLE_REPORTER_H_
