// An expression that is evaluated in a driven process: its closure is sent
// there as bytes, and its result comes back as bytes. An experiment writes it
// with ON() (process.h).

#ifndef PIDLAB_LIB_TRIAL_REMOTE_CALL_H_
#define PIDLAB_LIB_TRIAL_REMOTE_CALL_H_

#include <cerrno>
#include <cstring>
#include <ostream>
#include <string>
#include <type_traits>

#include "lib/linux/sys.h"
#include "lib/trial/abandon.h"
#include "lib/trial/chamber.h"
#include "lib/trial/wire.h"

namespace pidlab {

// The result of an expression that has no value.
struct Nothing {
  friend bool operator==(Nothing, Nothing) = default;
  friend std::ostream& operator<<(std::ostream& out, Nothing) {
    return out << "done";
  }
};

// What was seen in a process: a value, or an errno.
template <typename T>
struct [[nodiscard]] Observation {
  std::string process;  // its name
  std::string text;     // what ran there
  T value{};
  int err = 0;

  bool ok() const { return err == 0; }
};

namespace internal {

template <typename T>
struct ResultOf {
  using type = T;
};
template <>
struct ResultOf<void> {
  using type = Nothing;
};
template <typename T>
struct ResultOf<Sys<T>> {
  using type = T;
};

template <typename F>
using CallResult =
    typename ResultOf<std::remove_cvref_t<std::invoke_result_t<F>>>::type;

// The driven process runs this.
template <typename F>
int RunClosure(const void* closure, void* result) {
  const F& run = *static_cast<const F*>(closure);
  using Raw = std::invoke_result_t<F>;
  using Result = CallResult<F>;
  if constexpr (std::is_void_v<Raw>) {
    run();
    return 0;
  } else if constexpr (std::is_same_v<std::remove_cvref_t<Raw>, Result>) {
    const Result value = run();
    memcpy(result, &value, sizeof(value));
    if constexpr (std::is_integral_v<Result> && std::is_signed_v<Result>) {
      return value == Result{-1} ? errno : 0;
    } else {
      return 0;
    }
  } else {
    const Sys<Result> outcome = run();
    memcpy(result, &outcome.value, sizeof(outcome.value));
    return outcome.err;
  }
}

}  // namespace internal

// Sends the closure, and does not wait. `text` is for messages, such as
// "getpid()".
template <typename F>
void StartCall(Chamber& chamber, DrivenProcess& process,
               const std::string& text, const F& closure) {
  Request request;
  request.verb = Request::Verb::kCall;
  request.thunk = &internal::RunClosure<F>;
  request.result_size = sizeof(internal::CallResult<F>);
  if constexpr (!std::is_empty_v<F>) {  // an empty one has no bytes to read
    request.size = sizeof(F);
    memcpy(request.payload, &closure, sizeof(F));
  }
  chamber.Send(process, request, text);
}

// Waits for the answer.
template <typename F>
Observation<internal::CallResult<F>> AwaitCall(Chamber& chamber,
                                               DrivenProcess& process,
                                               const std::string& text) {
  using Result = internal::CallResult<F>;
  Reply reply;
  chamber.Receive(process, &reply, text);
  Observation<Result> seen{process.name, text, {}, reply.err};
  memcpy(&seen.value, reply.payload, sizeof(Result));
  if constexpr (requires { seen.value.truncated(); }) {
    if (seen.value.truncated()) {
      AbandonAsError("the observation is too large: " + text + " on " +
                     process.name + " gave more than the " +
                     std::to_string(seen.value.capacity()) +
                     " bytes that its Text holds");
    }
  }
  return seen;
}

template <typename F>
Observation<internal::CallResult<F>> RunCall(Chamber& chamber,
                                             DrivenProcess& process,
                                             const std::string& text,
                                             const F& closure) {
  StartCall(chamber, process, text, closure);
  return AwaitCall<F>(chamber, process, text);
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_REMOTE_CALL_H_
