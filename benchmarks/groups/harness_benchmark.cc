// What measuring costs. The base of all other pairs, as the harness measures
// it, is compared with what a program that does nothing else would measure, and
// with what the operation costs without C++ and libc.

#include <linux/sched.h>  // clone_args
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <memory>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "lib/host/names.h"

namespace pidlab {
namespace {

// A loop with nothing in it but the operation and the clock. A block gets its
// last samples: by then, the loop has run long enough that its beginning does
// not matter, while a block in the harness begins after a message to the stage.
class RawLoop {
 public:
  static constexpr size_t kHandedOut = 10;

  explicit RawLoop(uint64_t flags) : flags_(flags) {}

  Sys<int> Run() {
    for (int64_t& ns : ns_) {
      const int64_t begin = Now();
      const Sys<int> done = CreateAndReap(flags_);
      ns = Now() - begin;
      if (!done.ok()) return done;
    }
    next_ = ns_.size() - kHandedOut;
    return {};
  }

  Sys<Sample> Next() {
    if (next_ == ns_.size()) return Sys<Sample>::Failed(ERANGE);
    return {{.total_ns = ns_[next_++]}};
  }

 private:
  uint64_t flags_;
  std::array<int64_t, 50> ns_ = {};
  size_t next_ = ns_.size();
};

Operation InLoop(uint64_t style) {
  const auto loop = std::make_shared<RawLoop>(style);
  return {.ran = "a loop of clone3(" + CloneFlagNames(style) + "), wait",
          .take = [loop] { return loop->Next(); },
          .before_block = [loop] { return loop->Run(); }};
}

// clone3, the child's exit, and wait4, with nothing between them. A C++ program
// writes to its stack there, and pays for a page fault if the child has a copy
// of it; this one does not.
Sys<int> InAssembly(uint64_t flags) {
  clone_args args{};
  args.flags = flags;
  args.exit_signal = SIGCHLD;
  int status = 0;
  int64_t result = SYS_clone3;
  auto first = reinterpret_cast<int64_t>(&args);  // arguments of the call
  int64_t second = sizeof(args);
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "js 2f\n\t"
      "jnz 1f\n\t"
      "xor %%edi, %%edi\n\t"
      "mov %[exit], %%eax\n\t"
      "syscall\n"
      "1:\n\t"  // wait4(child, &status, __WALL, nullptr)
      "mov %%rax, %%rdi\n\t"
      "mov %[status], %%rsi\n\t"
      "mov %[all], %%edx\n\t"
      "xor %%r10d, %%r10d\n\t"
      "mov %[wait4], %%eax\n\t"
      "syscall\n"
      "2:"
      : "+a"(result), "+D"(first), "+S"(second)
      : [status] "r"(&status), [exit] "i"(SYS_exit), [wait4] "i"(SYS_wait4),
        [all] "i"(__WALL)
      : "rcx", "rdx", "r10", "r11", "memory");
  if (result < 0) return Sys<int>::Failed(static_cast<int>(-result));
  return status == 0 ? Sys<int>{} : Sys<int>::Failed(ECHILD);
}

Pair Beside(uint64_t style, std::string base_name, Operation base) {
  return {.group = "harness",
          .row = style == kVfork ? "vfork" : "cow",
          .base_name = std::move(base_name),
          .subject = Creation(style),
          .base = std::move(base),
          .blocks = 80};  // to see a difference of 1 %
}

Pair BesideLoop(uint64_t style) {
  Pair pair = Beside(style, "loop", InLoop(style));
  pair.block_samples = RawLoop::kHandedOut;
  pair.quantile = 0.5;  // disturbances count, too
  return pair;
}

Pair BesideAssembly(uint64_t style) {
  return Beside(style, "assembly",
                Timed("clone3(" + CloneFlagNames(style) + "), wait4, no libc",
                      [style] { return InAssembly(style); }));
}

}  // namespace

std::vector<Pair> HarnessPairs() {
  std::vector<Pair> pairs;
  for (const uint64_t style : {kVfork, kCopyOnWrite}) {
    pairs.push_back(BesideLoop(style));
    pairs.push_back(BesideAssembly(style));
  }
  return pairs;
}

}  // namespace pidlab
