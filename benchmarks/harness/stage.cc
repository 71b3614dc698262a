#include "benchmarks/harness/stage.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "lib/host/names.h"
#include "lib/host/wait.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "lib/linux/ending.h"
#include "lib/linux/mounts.h"
#include "lib/linux/socket.h"
#include "lib/linux/user_namespace.h"

namespace pidlab {
namespace {

// No block and no preparation takes a tenth of this time; a hang becomes a
// failure.
constexpr std::chrono::seconds kPatience{120};

struct Request {
  size_t operation;
  size_t samples;
};

struct Reply {
  enum Part : int { kDone, kChain, kPrepare, kAroundBlock, kSample };
  Part part = kDone;
  int err = 0;
  size_t number = 0;  // of the process in the chain
};

// What a process of the chain knows from the processes that made it.
struct Origin {
  const StagePlan& plan;
  std::span<const Operation* const> operations;
  std::span<Sample> samples;
  Privilege privilege;  // of the outermost process
  uid_t uid;
  gid_t gid;
  NamespaceId mounts;
};

template <typename T>
void Send(int wire, const T& message) {
  (void)SendDatagram(wire, std::as_bytes(std::span(&message, 1)));
}

Reply TakeSamples(const Operation& operation, std::span<Sample> samples) {
  if (operation.before_block) {
    const Sys<int> begun = operation.before_block();
    if (!begun.ok()) return {Reply::kAroundBlock, begun.err};
  }
  for (size_t i = 0; i < samples.size(); ++i) {
    const Sys<Sample> taken = operation.take();
    if (!taken.ok()) return {Reply::kSample, taken.err};
    samples[i] = taken.value;
  }
  if (operation.after_block) {
    const Sys<int> ended = operation.after_block();
    if (!ended.ok()) return {Reply::kAroundBlock, ended.err};
  }
  return {};
}

[[noreturn]] void Serve(int wire, const Origin& origin) {
  for (;;) {
    Request request;
    const Sys<size_t> size =
        ReceiveDatagram(wire, std::as_writable_bytes(std::span(&request, 1)));
    if (!size.ok() || size.value == 0) _exit(0);
    Send(wire, TakeSamples(*origin.operations[request.operation],
                           origin.samples.first(request.samples)));
  }
}

uint64_t FlagsOf(const Origin& origin, size_t number) {
  return origin.plan.chain[number] |
         (number == 0 ? CloneFlags(origin.privilege) : 0);
}

// What a process of the chain does first.
Sys<int> Enter(const Origin& origin, uint64_t flags, const Fd& parent) {
  const Sys<int> follows = DieWithParent(parent);
  if (!follows.ok()) return follows;
  if ((flags & CLONE_NEWUSER) != 0) {
    const Sys<int> mapped = MapRootTo(origin.uid, origin.gid);
    if (!mapped.ok()) return mapped;
  }
  return (flags & CLONE_NEWNS) != 0 ? MakeMountsPrivate(origin.mounts)
                                    : Sys<int>{};
}

// Makes the process `number` of the chain, which never returns from here: it
// makes the next one and waits for it, or it is the last one, and serves
// requests.
Sys<pid_t> MakeProcess(const Origin& origin, size_t number, SocketPair& wire) {
  const uint64_t flags = FlagsOf(origin, number);
  const Sys<int> self = PidfdOpen(getpid());
  if (!self.ok()) return Sys<pid_t>::Failed(self.err);
  Fd parent(self.value);
  const Sys<pid_t> child = Clone3(flags);
  if (!child.ok() || child.value != 0) return child;

  wire.near.Close();
  const Sys<int> entered = Enter(origin, flags, parent);
  parent.Close();
  if (!entered.ok()) {
    Send(wire.far.get(), Reply{Reply::kChain, entered.err, number});
    _exit(0);
  }
  if (number + 1 < origin.plan.chain.size()) {
    const Sys<pid_t> next = MakeProcess(origin, number + 1, wire);
    if (!next.ok()) {
      Send(wire.far.get(), Reply{Reply::kChain, next.err, number + 1});
    }
    wire.far.Close();  // end of file then means that the last one is dead
    if (next.ok()) (void)WaitFor(next.value);
    _exit(0);
  }
  const Sys<int> prepared =
      origin.plan.prepare ? origin.plan.prepare() : Sys<int>{};
  if (!prepared.ok()) {
    Send(wire.far.get(), Reply{Reply::kPrepare, prepared.err});
    _exit(0);
  }
  Send(wire.far.get(), Reply{});
  Serve(wire.far.get(), origin);
}

std::string Describe(const Reply& reply, const std::string& doing) {
  switch (reply.part) {
    case Reply::kChain:
      return "process " + std::to_string(reply.number + 1) +
             " of the stage's chain";
    case Reply::kPrepare:
      return "preparing the stage";
    case Reply::kAroundBlock:
      return doing + ", around a block";
    case Reply::kSample:
    case Reply::kDone:
      break;
  }
  return doing;
}

}  // namespace

Stage::SampleBuffer::SampleBuffer() {
  void* memory =
      mmap(nullptr, kMaxBlock * sizeof(Sample), PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw StageFailure{"mmap", errno};
  samples_ = static_cast<Sample*>(memory);
}

Stage::SampleBuffer::~SampleBuffer() {
  munmap(samples_, kMaxBlock * sizeof(Sample));
}

Stage::Outermost::~Outermost() {
  kill(pid_, SIGKILL);  // it is not reaped yet, so its PID is not reused
  (void)WaitFor(pid_);
}

Stage::Stage(const StagePlan& plan, std::vector<const Operation*> operations,
             Privilege privilege, int interrupt_fd)
    : operations_(std::move(operations)),
      interrupt_fd_(interrupt_fd),
      succeeded_(operations_.size()),
      outermost_(Start(plan, privilege)) {
  Await("the stage", true);
}

pid_t Stage::Start(const StagePlan& plan, Privilege privilege) {
  Sys<SocketPair> wire = MakeSocketPair();
  if (!wire.ok()) throw StageFailure{"socketpair", wire.err};
  const Origin origin = {plan,      operations_, buffer_.samples(), privilege,
                         geteuid(), getegid(),   OwnMounts().value};
  const Sys<pid_t> pid = MakeProcess(origin, 0, wire.value);
  if (!pid.ok()) {
    throw StageFailure{"clone3(" + CloneFlagNames(FlagsOf(origin, 0)) + ")",
                       pid.err, true};
  }
  wire_ = std::move(wire.value.near);
  return pid.value;
}

std::span<const Sample> Stage::TakeBlock(size_t operation, size_t samples) {
  if (samples > kMaxBlock) throw StageFailure{"a block of so many samples"};
  Send(wire_.get(), Request{operation, samples});
  Await(operations_[operation]->ran.c_str(), !succeeded_[operation]);
  succeeded_[operation] = true;
  return buffer_.samples().first(samples);
}

void Stage::Await(const char* what, bool first) {
  if (!WaitToRead(wire_.get(), interrupt_fd_, Deadline::In(kPatience))) {
    throw StageFailure{std::string(what) + " has not come to an end"};
  }
  Reply reply;
  const Sys<size_t> size = ReceiveDatagram(
      wire_.get(), std::as_writable_bytes(std::span(&reply, 1)));
  if (!size.ok() || size.value == 0) {
    throw StageFailure{std::string(what) + " has killed its process"};
  }
  if (reply.part != Reply::kDone) {
    throw StageFailure{Describe(reply, what), reply.err, first};
  }
}

}  // namespace pidlab
