// Judges a program that promises to run a command as PID 1 of a new PID
// namespace with its own /proc. Only what it does counts, seen from outside, so
// it can be written in any language. It is run as PROGRAM ARGUMENT.. COMMAND..,
// each time in a chamber of its own, where a faulty one can do no harm.

#ifndef PIDLAB_TOOL_GRADE_GRADE_H_
#define PIDLAB_TOOL_GRADE_GRADE_H_

#include <string>
#include <vector>

#include "lib/lab/handout.h"
#include "lib/trial/experiment.h"

namespace pidlab {

// One promise.
struct Point {
  Experiment experiment;  // its claim is the promise, its body tries it
  std::string promise_chinese;
  std::string hint;  // what a program that breaks it usually lacks
  std::string hint_chinese;

  const std::string& PromiseIn(Language language) const {
    return language == Language::kChinese ? promise_chinese
                                          : experiment.info.claim;
  }
  const std::string& HintIn(Language language) const {
    return language == Language::kChinese ? hint_chinese : hint;
  }
};

// The points, for this program and its arguments. The first is that it runs a
// command at all; without it the others mean nothing.
std::vector<Point> PointsFor(const std::vector<std::string>& program);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_GRADE_GRADE_H_
