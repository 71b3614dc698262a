// What the runner says to a driven process, and what that answers: one datagram
// each. Both are forks, without exec, of one program, so a code address means
// the same in both. Nothing here knows what an experiment is.

#ifndef PIDLAB_LIB_TRIAL_WIRE_H_
#define PIDLAB_LIB_TRIAL_WIRE_H_

#include <cstddef>
#include <cstdint>

namespace pidlab {

// Where every driven process has its end of the wire.
inline constexpr int kControlFd = 3;

inline constexpr size_t kMaxClosure = 512;  // bytes
inline constexpr size_t kMaxResult = 4096;  // bytes

// Runs a closure whose bytes are at `closure`, writes its result to `result`,
// and returns an errno, or 0.
using Thunk = int (*)(const void* closure, void* result);

struct Request {
  enum class Verb : uint32_t {
    kCall,   // run `thunk` on the payload
    kClone,  // make a child, which is driven by the descriptor that comes along
    kExec,   // become another program, with three descriptors for 0, 1 and 2
  };

  Verb verb{};
  uint32_t sequence = 0;  // the answer carries it, too
  Thunk thunk = nullptr;
  uint32_t result_size = 0;  // kCall: of what the thunk writes, in bytes
  uint64_t clone_flags = 0;
  bool own_terminal = false;  // kExec: descriptor 0 becomes its terminal
  uint32_t size = 0;          // of the payload, in bytes
  // kCall: the closure. kClone: the name of the child. kExec: the arguments,
  // each with its NUL.
  alignas(std::max_align_t) std::byte payload[kMaxResult];
};

struct Reply {
  enum class Status : uint32_t {
    kDone,
    // The call forked, which it must not.
    kForked,
  };

  uint32_t sequence = 0;
  Status status{};
  int32_t err = 0;
  uint32_t size = 0;
  // kCall: the result. kClone: the child's PID (pid_t), and its pidfd comes
  // along.
  alignas(std::max_align_t) std::byte payload[kMaxResult];
};

// A datagram ends where its payload ends.
template <typename Message>
constexpr size_t WireSize(const Message& message) {
  return offsetof(Message, payload) + message.size;
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_WIRE_H_
