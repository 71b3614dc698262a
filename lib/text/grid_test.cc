#include "lib/text/grid.h"

#include <string>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

TEST(Grid, AlignsItsColumns) {
  Grid grid(2);
  grid.Add({"", "n", "verdict"});
  grid.Add({"vfork", "4950", "µ–"}, "a note");
  grid.Add({"cow", "45", "slower"});
  grid.Add({"none", "", ""});
  EXPECT_EQ(grid.Text(),
            "          n  verdict\n"
            "vfork  4950  µ–\n"
            "  a note\n"
            "cow      45  slower\n"
            "none\n");
}

TEST(Grid, PartsItsColumnsByOneBlankWhereThereIsNoRoom) {
  Grid grid(2);
  grid.Add({"cow", "45", std::string(71, 'x')});
  EXPECT_EQ(grid.Text(), "cow  45  " + std::string(71, 'x') + "\n");
  grid.Add({"cow", "450", "same"});
  EXPECT_EQ(grid.Text(),
            "cow  45 " + std::string(71, 'x') + "\ncow 450 same\n");
}

TEST(Grid, GivesALongNameALineOfItsOwn) {
  Grid grid(2);
  grid.Add({"cow", "45", std::string(71, 'x')});
  grid.Add({"NEWUSER", "450", "same"});
  EXPECT_EQ(grid.Text(),
            "cow   45 " + std::string(71, 'x') + "\nNEWUSER\n     450 same\n");
}

TEST(Grid, IsNothingWithoutRows) { EXPECT_EQ(Grid(1).Text(), ""); }

}  // namespace
}  // namespace pidlab
