// A Record is everything that one run of an experiment found out: plain data,
// from which every report, picture and table is made. It decides nothing, and
// it does not number the steps: the handout knows which step of a lab a step
// is.

#ifndef PIDLAB_LIB_TRIAL_RECORD_H_
#define PIDLAB_LIB_TRIAL_RECORD_H_

#include <sys/types.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "lib/linux/procfs.h"

namespace pidlab {

enum class Verdict {
  kPass,   // every expectation held
  kFail,   // the kernel did something else
  kSkip,   // it cannot be tried here; never a pass
  kError,  // it could not be carried out: nothing is known of the kernel
};

// "PASS", "FAIL", "SKIP", "ERROR"
const char* VerdictName(Verdict verdict);
std::ostream& operator<<(std::ostream& out, Verdict verdict);

// How bad a verdict is: PASS 0, then SKIP, ERROR, FAIL. Several verdicts are as
// good as the worst of them.
int Severity(Verdict verdict);

// Why something cannot be tried here.
struct Skip {
  enum class Code {
    kNoPrivilege,
    kSandboxed,      // a container or sandbox forbids it
    kToolMissing,    // a program
    kKernelFeature,  // this kernel does not have it
    kKernelConfig,   // it was built without it
    kArch,           // another processor
    kResource,       // a limit
  };

  Code code = Code::kSandboxed;
  std::string needs;   // what the experiment needs
  std::string probed;  // what was tried here, and the result
  std::string to_run;  // what to do so that it runs
};

// "NO_PRIVILEGE", and so on. Scripts may rely on these words: they do not
// change.
const char* SkipCodeName(Skip::Code code);

// One expectation, and whether it held.
struct Entry {
  std::string process;   // the name of the one that was asked
  std::string text;      // what ran there, as in the source
  std::string expected;  // in the words of the matcher
  std::string observed;
  bool ok = false;
  std::string where;  // "labs/09_orphan_adoption/experiment.cc:41"
};

// A PID, and the namespace that it belongs to. 0 is the chamber's namespace;
// the others get the numbers 1, 2, .. in the order in which the trial first saw
// them, and keep these numbers.
struct PidInNamespace {
  int pid_namespace = 0;
  pid_t pid = 0;

  friend bool operator==(const PidInNamespace&,
                         const PidInNamespace&) = default;
};

// A process of the trial, as it was when a step was done. A process that has
// ended is included as a zombie until it is reaped.
struct SeenProcess {
  std::string name;
  // The parent that it has now, by birth or by adoption, as an index into the
  // processes that were seen. -1: another process, mostly the chamber's PID 1.
  int parent = -1;
  // Its PIDs, from the chamber's namespace inwards to its own.
  std::vector<PidInNamespace> pids;
  // The PID that it has in another terminal of the user.
  pid_t real_pid = 0;
  ProcessState state;

  // The namespace of which it is PID 1; -1 if there is none.
  int init_of() const {
    return !pids.empty() && pids.back().pid == 1 ? pids.back().pid_namespace
                                                 : -1;
  }

  friend bool operator==(const SeenProcess&, const SeenProcess&) = default;
};

struct Step {
  std::string title;
  std::vector<Entry> entries;
  std::vector<SeenProcess> processes;  // at its end, in order of creation
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
