// A Record is everything that one run of an experiment found out: plain data,
// from which every report is made. It decides nothing.

#ifndef PIDLAB_LIB_TRIAL_RECORD_H_
#define PIDLAB_LIB_TRIAL_RECORD_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace pidlab {

enum class Verdict {
  kPass,   // every expectation held
  kFail,   // the kernel did otherwise
  kSkip,   // it cannot be tried here; never a pass
  kError,  // it could not be carried out: nothing is known of the kernel
};

// "PASS", "FAIL", "SKIP", "ERROR"
const char* VerdictName(Verdict verdict);
std::ostream& operator<<(std::ostream& out, Verdict verdict);

// Why something cannot be tried here.
struct Skip {
  std::string code;    // NO_PRIVILEGE, SANDBOXED, TOOL_MISSING, KERNEL_FEATURE,
                       // KERNEL_CONFIG, ARCH or RESOURCE
  std::string needs;   // what the experiment needs
  std::string probed;  // what was tried here, and what came of it
  std::string to_run;  // what to do so that it runs
};

// One expectation, judged.
struct Entry {
  std::string process;   // who was asked
  std::string text;      // what ran there, as the experiment has it
  std::string expected;  // the matcher's own words
  std::string observed;
  bool ok = false;
  std::string where;  // "labs/09_orphan_adoption/experiment.cc:41"
};

struct Step {
  int number = 0;  // counted through the lab, from 1
  std::string title;
  std::vector<Entry> entries;
};

struct Record {
  std::string folder;      // "labs/09_orphan_adoption"
  std::string experiment;  // "OrphansGoToTheirNamespacesInit"
  Verdict verdict = Verdict::kError;
  std::string reason;  // of a FAIL without an entry, or of an ERROR
  std::optional<Skip> skip;
  std::vector<Step> steps;
  double seconds = 0;  // wall time
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_RECORD_H_
