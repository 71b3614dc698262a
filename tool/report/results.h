// What `verify` has found out: plain data, from which every reporter makes its
// report.

#ifndef PIDLAB_TOOL_REPORT_RESULTS_H_
#define PIDLAB_TOOL_REPORT_RESULTS_H_

#include <map>
#include <string>
#include <vector>

#include "lib/lab/folders.h"
#include "lib/lab/tally.h"
#include "lib/trial/experiment.h"

namespace pidlab {

// Where it ran.
struct Environment {
  std::string kernel;   // "6.18.44", uname -r
  std::string machine;  // "x86_64", uname -m
  unsigned uid = 0;     // effective
  int depth = -1;       // of the PID namespace; -1 if /proc does not say
  long cpus = 0;        // online
};
Environment DescribeEnvironment();

// All runs of one experiment: how often it got each verdict, and the most
// informative record, which is the first one with the worst verdict.
struct Outcome {
  const Experiment* experiment = nullptr;
  Record record;
  std::map<Verdict, int> runs;  // empty: it has not run

  void Add(Record run);
};

struct FolderResults {
  Folder folder;
  std::vector<Outcome> outcomes;  // one for each of its experiments
};

struct Results {
  Environment environment;
  int repeat = 1;
  std::vector<FolderResults> folders;
  bool interrupted = false;  // before all was done
  bool same_mounts = true;   // as before, on this machine
  bool nobody_left = true;   // no process that was started exists any more

  // Counts only what has run.
  Tally Count() const;
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_REPORT_RESULTS_H_
