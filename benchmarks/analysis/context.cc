#include "benchmarks/analysis/context.h"

#include <fmt/core.h>

#include "lib/host/hypervisor.h"

namespace pidlab {
namespace {

constexpr double kMostOfOthers = 0.25;
constexpr double kMostStolen = 0.05;

}  // namespace

std::vector<std::string> Doubts(const Context& context) {
  std::vector<std::string> doubts;
  if (!context.sanitizer.empty()) {
    doubts.push_back(fmt::format("sanitized: built with the {} sanitizer",
                                 context.sanitizer));
  }
  if (context.build != "optimised") {
    doubts.emplace_back("unoptimised: built without optimisation");
  }
  if (!context.pinned_cpu) {
    doubts.emplace_back("unpinned: it may have moved from CPU to CPU");
  }
  if (context.hypervisor == kSoftwareEmulation) {
    doubts.emplace_back("emulated: the CPU is software, QEMU's TCG");
  } else if (context.in_pidlab_vm) {
    doubts.emplace_back("emulated: in a virtual machine of `pidlab vm`");
  }
  if (context.cpu_share_of_others > kMostOfOthers) {
    doubts.push_back(fmt::format("overloaded: others took {:.0f} % of the CPU",
                                 100 * context.cpu_share_of_others));
  }
  if (context.cpu_share_stolen > kMostStolen) {
    doubts.push_back(fmt::format(
        "overloaded: the hypervisor gave {:.0f} % of the CPU to others",
        100 * context.cpu_share_stolen));
  }
  return doubts;
}

}  // namespace pidlab
