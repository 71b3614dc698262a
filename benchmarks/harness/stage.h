// A stage is a process in which operations are repeated, a block of samples at
// a time, when it is told to. It dies with the process that made it, and so
// does all that it has made: a stage that leaves processes standing is PID 1 of
// a namespace of its own.

#ifndef PIDLAB_BENCHMARKS_HARNESS_STAGE_H_
#define PIDLAB_BENCHMARKS_HARNESS_STAGE_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/harness/operation.h"
#include "benchmarks/harness/route.h"
#include "lib/linux/fd.h"
#include "lib/linux/sys.h"

namespace pidlab {

struct StagePlan {
  // The clone3 flags of each process of a chain, from the outermost; the last
  // one takes the samples. CLONE_NEWNS: its mounts are private.
  std::vector<uint64_t> chain = {0};

  // Run once, by that last one, before the first sample. It may allocate; it
  // must not use stdio or abort, since glibc does not know the process.
  std::function<Sys<int>()> prepare = nullptr;
};

// What could not be done, and why.
struct StageFailure {
  std::string what;    // "clone3(...)", "to prepare the stage", "sample 3"
  int err = 0;         // 0: the stage died, or it took too long
  bool first = false;  // it had never succeeded before: it may be unsupported
};

class Stage {
 public:
  // At most so many samples in a block.
  static constexpr size_t kMaxBlock = 64;

  // Throws StageFailure, and Interrupted as soon as `interrupt_fd` is readable;
  // so does TakeBlock. The operations must outlive it.
  Stage(const StagePlan& plan, std::vector<const Operation*> operations,
        Route route, int interrupt_fd);

  // The block's samples, in the order in which they were taken; they are
  // overwritten by the next block.
  std::span<const Sample> TakeBlock(size_t operation, size_t samples);

 private:
  // The outermost process. It is killed, and reaped, at the end; what is below
  // it follows.
  class Outermost {
   public:
    explicit Outermost(pid_t pid) : pid_(pid) {}
    Outermost(const Outermost&) = delete;
    Outermost& operator=(const Outermost&) = delete;
    ~Outermost();

   private:
    pid_t pid_;
  };

  // Memory that it shares with the stage.
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

  pid_t Start(const StagePlan& plan, Route route);
  void Await(const char* what, bool first);

  std::vector<const Operation*> operations_;
  int interrupt_fd_;
  SampleBuffer buffer_;
  Fd wire_;
  std::vector<bool> succeeded_;  // each operation
  Outermost outermost_;
};

}  // namespace pidlab

#endif  // PIDLAB_BENCHMARKS_HARNESS_STAGE_H_
