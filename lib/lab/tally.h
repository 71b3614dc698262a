// Counts verdicts, and makes the exit code from them. This is done here for
// every command, and nowhere else.

#ifndef PIDLAB_LIB_LAB_TALLY_H_
#define PIDLAB_LIB_LAB_TALLY_H_

#include <set>
#include <string>
#include <vector>

#include "lib/host/exit_code.h"
#include "lib/trial/record.h"

namespace pidlab {

class Tally {
 public:
  // `claims`: the ids of the claims that the experiment verifies.
  void Add(Verdict verdict, const std::vector<std::string>& claims = {});

  int passed() const { return passed_; }
  int failed() const { return failed_; }  // including the errors
  int errors() const { return errors_; }
  int skipped() const { return skipped_; }

  // The claims, by what is known about them. A claim that several experiments
  // verify holds only if all of them pass. If one of these experiments fails,
  // the claim is violated. Otherwise it is not verified.
  std::set<std::string> Held() const;
  std::set<std::string> Violated() const { return violated_; }
  std::set<std::string> NotVerified() const;

  // "3 passed, 0 failed, 1 skipped": the last line of every command that runs
  // experiments.
  std::string Line() const;

  // FAIL beats ERROR, which beats a skip that is not allowed.
  ExitCode Code(bool fail_on_skip = false) const;

 private:
  int passed_ = 0;
  int failed_ = 0;
  int errors_ = 0;
  int skipped_ = 0;
  std::set<std::string> held_;
  std::set<std::string> violated_;
  std::set<std::string> not_verified_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_TALLY_H_
