#include "lib/lab/by_hand.h"

#include <algorithm>

namespace pidlab {
namespace {

// "nested_init" for "nested-init".
std::string VariableName(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace

ByHand ByHandAt(const Handout& handout, int step,
                const std::vector<SeenProcess>& processes) {
  ByHand by_hand;
  for (const Session& session : handout.sessions) {
    if (session.step != step) continue;
    by_hand.commands.insert(by_hand.commands.end(), session.commands.begin(),
                            session.commands.end());
  }
  if (by_hand.commands.empty()) return by_hand;
  for (const SeenProcess& process : processes) {
    by_hand.variables += (by_hand.variables.empty() ? "" : " ") +
                         VariableName(process.name) + "=" +
                         std::to_string(process.real_pid);
  }
  return by_hand;
}

}  // namespace pidlab
