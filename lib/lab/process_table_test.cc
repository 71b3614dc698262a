#include "lib/lab/process_table.h"

#include "gtest/gtest.h"

namespace pidlab {
namespace {

// init is PID 1 of namespace 1; parent has ended and is not reaped, and its
// child was adopted by init; the last one has no parent in the chamber.
std::vector<SeenProcess> Family() {
  return {{"host", -1, {{0, 2}}, 101, kSleeping},
          {"init", 0, {{0, 3}, {1, 1}}, 102, kSleeping},
          {"parent", 1, {{0, 4}, {1, 2}}, 103, kZombie},
          {"orphan", 1, {{0, 5}, {1, 3}}, 104, kStopped},
          {"nested", 3, {{0, 6}, {1, 4}, {3, 1}}, 105, kSleeping},
          {"daemon", -1, {{0, 7}}, 106, kSleeping}};
}

TEST(ProcessTable, HasAColumnForEachNamespace) {
  EXPECT_EQ(ProcessTable(Family(), false, Language::kEnglish),
            "                   chamber  NS1  NS3\n"
            "  host             2        ·    ·\n"
            "  └─ init          3        1    ·\n"
            "     ├─ parent     4        2    ·    zombie\n"
            "     └─ orphan     5        3    ·    stopped\n"
            "        └─ nested  6        4    1\n"
            "  daemon           7        ·    ·\n");
}

TEST(ProcessTable, HasThePidsOfAnotherTerminalIfThatIsAsked) {
  std::vector<SeenProcess> two = Family();
  two.resize(2);
  EXPECT_EQ(ProcessTable(two, true, Language::kChinese),
            "           此终端  实验室  NS1\n"
            "  host     101     2       ·\n"
            "  └─ init  102     3       1\n");
}

}  // namespace
}  // namespace pidlab
