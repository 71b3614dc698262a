// An experiment is written with a Trial: it has the host, from which all
// processes of the experiment descend, the steps, and the expectations. It
// judges; it does not report.

#ifndef PIDLAB_LIB_TRIAL_TRIAL_H_
#define PIDLAB_LIB_TRIAL_TRIAL_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "lib/host/names.h"
#include "lib/trial/process.h"
#include "lib/trial/program.h"
#include "lib/trial/record.h"

namespace pidlab {

// A line in the source of an experiment.
struct Where {
  const char* file;
  int line;
  static Where Here(const char* file = __builtin_FILE(),
                    int line = __builtin_LINE()) {
    return {file, line};
  }
};

// Used in place of a matcher: the call is expected to fail, with this errno.
struct Fails {
  int err;
};

// Used in place of a matcher: the call is expected to succeed, whatever its
// value is.
struct Succeeds {};

// Is told what happens in a trial while it happens. It gets data; it can look
// at the processes, but not drive them.
class Listener {
 public:
  // The processes as they are now, for a listener that waits in OnStepDone().
  using LookAgain = std::function<std::vector<SeenProcess>()>;

  virtual ~Listener() = default;
  // A step begins: nothing of it has been done yet.
  virtual void OnStep(const Step& step) = 0;
  virtual void OnEntry(const Entry& entry) = 0;
  // All of a step is done, and its processes wait.
  virtual void OnStepDone(const Step& step, const LookAgain& look_again) = 0;
};

class Trial {
 public:
  using BetweenSteps =
      std::function<void(const pidlab::Step& step, const Process& host)>;

  // `listener` may be null, `between_steps` empty.
  Trial(Chamber* chamber, Record* record, Listener* listener,
        BetweenSteps between_steps)
      : chamber_(chamber),
        record_(record),
        listener_(listener),
        between_steps_(std::move(between_steps)) {}

  // PID 2 of the chamber: the "outside" of every namespace that the experiment
  // creates.
  Process Host() const { return {chamber_, &chamber_->host()}; }

  // Begins a step. The title is an imperative, and the handouts have it, too.
  void Step(std::string_view title);

  // The last step is done.
  void Finish();

  // Compares what was seen with a value, a gMock matcher, Fails or Succeeds.
  // The experiment goes on either way.
  template <typename T, typename M>
  void Expect(const Observation<T>& seen, const M& matcher,
              Where where = Where::Here()) {
    if constexpr (std::is_same_v<M, Fails>) {
      Judge(seen, seen.err == matcher.err,
            "fails with " + ErrnoName(matcher.err), where);
    } else if constexpr (std::is_same_v<M, Succeeds>) {
      Judge(seen, seen.ok(), "succeeds", where);
    } else {
      const auto typed = ::testing::SafeMatcherCast<const T&>(matcher);
      Judge(seen, seen.ok() && typed.Matches(seen.value), Described(typed),
            where);
    }
  }
  template <typename F, typename M>
  void Expect(const Call<F>& call, const M& matcher,
              Where where = Where::Here()) {
    Expect(call.Run(), matcher, where);
  }

  // For a call that the experiment needs but is not about: returns the value,
  // and stops the experiment with an ERROR if the call failed.
  template <typename T>
  T Must(const Observation<T>& seen) {
    if (!seen.ok()) {
      AbandonAsError(seen.text + " on " + seen.process + " -> " +
                     DescribeErrno(seen.err));
    }
    return seen.value;
  }
  template <typename F>
  typename Call<F>::Result Must(const Call<F>& call) {
    return Must(call.Run());
  }

 private:
  template <typename T>
  static std::string Described(const ::testing::Matcher<const T&>& matcher) {
    std::ostringstream words;
    matcher.DescribeTo(&words);
    // A student only has to read the value.
    constexpr std::string_view kEqual = "is equal to ";
    std::string text = words.str();
    return text.starts_with(kEqual) ? text.substr(kEqual.size()) : text;
  }

  template <typename T>
  void Judge(const Observation<T>& seen, bool ok, std::string expected,
             Where where) {
    std::string observed = seen.ok() ? ::testing::PrintToString(seen.value)
                                     : "fails with " + DescribeErrno(seen.err);
    if (ok && !seen.ok()) observed = "fails with " + ErrnoName(seen.err);
    Add({seen.process, seen.text, std::move(expected), std::move(observed), ok,
         where.file + (":" + std::to_string(where.line))});
  }

  void Add(Entry entry);

  Chamber* chamber_;
  Record* record_;
  Listener* listener_;
  BetweenSteps between_steps_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_TRIAL_H_
