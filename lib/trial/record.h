// A Record is everything that one run of an experiment found out: plain data,
// from which every report, picture and table is made. It decides nothing, and
// it numbers nothing: which step of a lab a step is, is known to the handout.

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
  kFail,   // the kernel did otherwise
  kSkip,   // it cannot be tried here; never a pass
  kError,  // it could not be carried out: nothing is known of the kernel
};

// "PASS", "FAIL", "SKIP", "ERROR"
const char* VerdictName(Verdict verdict);
std::ostream& operator<<(std::ostream& out, Verdict verdict);

// Several verdicts are as good as the worst of them: PASS 0, SKIP, ERROR, FAIL.
int Badness(Verdict verdict);

// Why something cannot be tried here.
struct Skip {
  enum class Code {
    kNoPrivilege,
    kSandboxed,      // the place withholds it
    kToolMissing,    // a program
    kKernelFeature,  // this kernel does not have it
    kKernelConfig,   // it was built without it
    kArch,           // another processor
    kResource,       // a limit
  };

  Code code = Code::kSandboxed;
  std::string needs;   // what the experiment needs
  std::string probed;  // what was tried here, and what came of it
  std::string to_run;  // what to do so that it runs
};

// "NO_PRIVILEGE", and so on: the words are part of what pidlab promises.
const char* SkipCodeName(Skip::Code code);

// One expectation, judged.
struct Entry {
  std::string process;   // the one that was asked
  std::string text;      // what ran there, as the experiment has it
  std::string expected;  // the matcher's own words
  std::string observed;
  bool ok = false;
  std::string where;  // "labs/09_orphan_adoption/experiment.cc:41"
};

// A PID, and the namespace in which it is one. 0 is the chamber's; the others
// have the numbers 1, 2, .. in the order in which the trial came to know them,
// and keep them.
struct PidInNamespace {
  int pid_namespace = 0;
  pid_t pid = 0;

  friend bool operator==(const PidInNamespace&,
                         const PidInNamespace&) = default;
};

// A process of the trial, as it was when a step was done. One that has ended is
// among them as a zombie until it is reaped.
struct SeenProcess {
  std::string name;
  // Whose child it is now, by birth or by adoption: its place among the
  // processes that were seen. -1: somebody else's, mostly the chamber's PID 1.
  int parent = -1;
  // Its PIDs, from the chamber's namespace inwards to its own.
  std::vector<PidInNamespace> pids;
  // By which another terminal of the user knows it.
  pid_t real_pid = 0;
  ProcessState state;

  // The namespace of which it is PID 1; -1: of none.
  int init_of() const {
    return !pids.empty() && pids.back().pid == 1 ? pids.back().pid_namespace
                                                 : -1;
  }

  friend bool operator==(const SeenProcess&, const SeenProcess&) = default;
};

struct Step {
  std::string title;
  std::vector<Entry> entries;
  std::vector<SeenProcess> processes;  // when it was done, in order of birth
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
