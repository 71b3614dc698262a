// An Experiment is one claim about Linux, and the code that tests it. The
// experiments of a program are those that are linked into it: they register
// themselves, and there is no list to edit.

#ifndef PIDLAB_LIB_TRIAL_EXPERIMENT_H_
#define PIDLAB_LIB_TRIAL_EXPERIMENT_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/trial/need.h"
#include "lib/trial/trial.h"

// Defines an experiment; its body follows. `Name` is a sentence in Pascal case;
// the rest are the members of ExperimentInfo:
//
//   EXPERIMENT(OrphansGoToInit,
//              .claim = "An orphan is adopted by PID 1 of its namespace.",
//              .verifies = {"S2-13", "D-20"},
//              .sources = {"pid_namespaces(7), The namespace init process"}) {
//     trial.Step("...");
//     ...
//   }
#define EXPERIMENT(Name, ...)                               \
  static void Name(::pidlab::Trial& trial);                 \
  static const ::pidlab::Registration Name##_registration(  \
      {#Name, __FILE__, __LINE__, {__VA_ARGS__}, &(Name)}); \
  static void Name([[maybe_unused]] ::pidlab::Trial& trial)

namespace pidlab {

struct ExperimentInfo {
  std::string claim;                  // one sentence
  std::vector<std::string> verifies;  // ids of claims, such as "S1-8"
  std::vector<std::string> sources;   // page and section, kernel function
  std::vector<Need> needs = {};       // probed before it runs
};

struct Experiment {
  std::string name;
  std::string file;  // "labs/09_orphan_adoption/experiment.cc"
  int line = 0;
  ExperimentInfo info;
  std::function<void(Trial& trial)> run;

  // "labs/09_orphan_adoption"
  std::string folder() const { return file.substr(0, file.rfind('/')); }
};

struct Registration {
  explicit Registration(Experiment experiment);
};

// All experiments that are linked into this program, by folder and line.
const std::vector<Experiment>& AllExperiments();

struct RunOptions {
  ChamberOptions chamber;
  Listener* listener = nullptr;
  // Called after each step, with the host, to do something in the trial before
  // the next step: here a test types what a handout asks a reader to type.
  Trial::BetweenSteps between_steps = {};
};

// Runs an experiment in a chamber of its own. Whatever goes wrong first decides
// the verdict. Throws Interrupted (lib/host/error.h), and nothing else.
Record RunExperiment(const Experiment& experiment, const RunOptions& options);

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_EXPERIMENT_H_
