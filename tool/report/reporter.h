// A Reporter reports what `verify` finds, on the console or in a file, at once
// or when all is done. Each makes its report from the Results alone.

#ifndef PIDLAB_TOOL_REPORT_REPORTER_H_
#define PIDLAB_TOOL_REPORT_REPORTER_H_

#include "tool/report/results.h"

namespace pidlab {

class Reporter {
 public:
  virtual ~Reporter() = default;

  // Nothing has run yet.
  virtual void Begin(const Results& /*results*/) {}
  // All experiments of a folder have run; in the order of the folders.
  virtual void FolderDone(const FolderResults& /*folder*/) {}
  // Nothing runs any more.
  virtual void End(const Results& results) = 0;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_REPORTER_H_
