// A stage is a process that repeats operations, a block of samples at a time,
// when it is told to. It dies with the process that made it, and so do all
// processes that it has made: a stage that keeps processes alive from one
// sample to the next is PID 1 of its own namespace. It does not know what is
// repeated there, and in which order.

#ifndef PIDLAB_BENCHMARKS_HARNESS_STAGE_H_
#define PIDLAB_BENCHMARKS_HARNESS_STAGE_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/harness/operation.h"
#include "lib/host/privilege.h"
#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

struct StagePlan {
  // The clone3 flags of each process of a chain, from the outermost; the last
  // one takes the samples. With CLONE_NEWNS its mounts are private.
  std::vector<uint64_t> chain = {0};

  // The last process calls this once, before the first sample. It may allocate,
  // but it must not use stdio or abort, since glibc does not know the process.
  std::function<Sys<int>()> prepare = nullptr;
};

// What could not be done, and why. This is an error of one pair and not of the
// program: Run decides by the errno whether the pair is omitted here or has
// failed, and goes on to the next one.
struct StageFailure {
  std::string what;    // "clone3(...)", "preparing the stage"
  int err = 0;         // 0: the stage died, or it took too long
  bool first = false;  // it never succeeded before, so it may be unsupported
};

class Stage {
 public:
  // The most samples that a block may have.
  static constexpr size_t kMaxBlock = 64;

  // Throws StageFailure, and Interrupted as soon as `interrupt_fd` is readable;
  // so does TakeBlock. The operations must outlive the stage.
  Stage(const StagePlan& plan, std::vector<const Operation*> operations,
        Privilege privilege, int interrupt_fd);

  // The block's samples, in the order in which they were taken; they are
  // overwritten by the next block.
  std::span<const Sample> TakeBlock(size_t operation, size_t samples);

 private:
  // The outermost process. It is killed and reaped at the end, and the
  // processes below it die with it.
  class Outermost {
   public:
    explicit Outermost(pid_t pid) : pid_(pid) {}
    Outermost(const Outermost&) = delete;
    Outermost& operator=(const Outermost&) = delete;
    ~Outermost();

   private:
    pid_t pid_;
  };

  // Memory that the caller and the stage share.
  class SampleBuffer {
   public:
    SampleBuffer();
    SampleBuffer(const SampleBuffer&) = delete;
    SampleBuffer& operator=(const SampleBuffer&) = delete;
    ~SampleBuffer();

    std::span<Sample> samples() const { return {samples_, kMaxBlock}; }

   private:
    Sample* samples_;
  };

  pid_t Start(const StagePlan& plan, Privilege privilege);
  void Await(const char* what, bool first);

  std::vector<const Operation*> operations_;
  int interrupt_fd_;
  SampleBuffer buffer_;
  Fd wire_;
  std::vector<bool> succeeded_;  // for each operation
  Outermost outermost_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_STAGE_H_
