// The messages between the runner and a driven process: a request and its
// reply, one datagram each. Both processes are forks of one program, without
// exec, so a code address means the same in both. This code does not know what
// an experiment is.

#ifndef PIDLAB_LIB_TRIAL_WIRE_H_
#define PIDLAB_LIB_TRIAL_WIRE_H_

#include <cstddef>
#include <cstdint>

namespace pidlab {

// The number of the descriptor that is the end of the wire in every driven
// process.
inline constexpr int kControlFd = 3;

inline constexpr size_t kMaxClosure = 512;  // bytes
inline constexpr size_t kMaxResult = 4096;  // bytes

// Runs a closure whose bytes are at `closure`, writes its result to `result`,
// and returns an errno, or 0.
using Thunk = int (*)(const void* closure, void* result);

struct Request {
  enum class Verb : uint32_t {
    kCall,   // run `thunk` on the payload
    kClone,  // create a child, which is driven by the descriptor sent with it
    kExec,   // become another program, with three descriptors for 0, 1 and 2
  };

  Verb verb{};
  uint32_t sequence = 0;  // the answer has it, too
  Thunk thunk = nullptr;
  uint32_t result_size = 0;  // kCall: size of the result, in bytes
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
    // The call forked, which is not allowed.
    kForked,
  };

  uint32_t sequence = 0;
  Status status{};
  int32_t err = 0;
  uint32_t size = 0;
  // kCall: the result. kClone: the child's PID (pid_t); its pidfd is sent with
  // it.
  alignas(std::max_align_t) std::byte payload[kMaxResult];
};

// A datagram ends where its payload ends.
template <typename Message>
constexpr size_t WireSize(const Message& message) {
  return offsetof(Message, payload) + message.size;
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_TRIAL_WIRE_H_
