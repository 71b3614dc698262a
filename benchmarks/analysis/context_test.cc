#include "benchmarks/analysis/context.h"

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The context of a run that there is no reason to doubt.
Context GoodContext() {
  Context context;
  context.build = "optimised";
  context.hypervisor = "KVMKVMKVM";
  context.cpus_online = 2;
  context.pinned_cpu = 0;
  context.cpu_share_of_others = 0.25;
  context.cpu_share_stolen = 0.05;
  return context;
}

TEST(Doubts, AreNoneOfAGoodRun) {
  EXPECT_THAT(Doubts(GoodContext()), IsEmpty());
}

TEST(Doubts, SayWhy) {
  Context context = GoodContext();
  context.sanitizer = "address";
  EXPECT_THAT(Doubts(context),
              ElementsAre("sanitized: built with the address sanitizer"));
  context = GoodContext();
  context.build = "not optimised";
  EXPECT_THAT(Doubts(context),
              ElementsAre("unoptimised: built without optimisation"));
  context = GoodContext();
  context.pinned_cpu.reset();
  EXPECT_THAT(Doubts(context),
              ElementsAre("unpinned: it may have moved from CPU to CPU"));
  context = GoodContext();
  context.hypervisor = "TCGTCGTCGTCG";
  EXPECT_THAT(Doubts(context),
              ElementsAre("emulated: the CPU is software, QEMU's TCG"));
  context = GoodContext();
  context.in_pidlab_vm = true;
  EXPECT_THAT(Doubts(context),
              ElementsAre("emulated: in a virtual machine of `pidlab vm`"));
  context = GoodContext();
  context.cpu_share_of_others = 0.478;
  EXPECT_THAT(Doubts(context),
              ElementsAre("overloaded: others took 48 % of the CPU"));
  context = GoodContext();
  context.cpu_share_stolen = 0.07;
  EXPECT_THAT(
      Doubts(context),
      ElementsAre("overloaded: the hypervisor gave 7 % of the CPU to others"));
}

TEST(Doubts, AreAllOfThem) {
  Context context;
  context.sanitizer = "thread";
  context.hypervisor = "TCGTCGTCGTCG";
  context.cpu_share_of_others = 1;
  context.cpu_share_stolen = 1;
  EXPECT_THAT(Doubts(context), ::testing::SizeIs(6));
}

}  // namespace
}  // namespace pidlab
