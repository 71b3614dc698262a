#include "lib/text/labelled.h"

#include "gtest/gtest.h"

namespace pidlab {
namespace {

TEST(Labelled, IndentsTheLaterLines) {
  const std::string words = "12345678 12345678 12345678 12345678 12345678";
  EXPECT_EQ(Labelled("SKIP  ", words + " " + words),
            "SKIP  12345678 12345678 12345678 12345678 12345678 12345678 "
            "12345678 12345678\n"
            "      12345678 12345678\n");
}

TEST(Labelled, KeepsTheLinesOfTheText) {
  EXPECT_EQ(Labelled("a  ", "one\ntwo\n"), "a  one\n   two\n");
  EXPECT_EQ(Labelled("a  ", "one\n\ntwo"), "a  one\n\n   two\n");
  EXPECT_EQ(Labelled("a  ", ""), "a\n");
}

}  // namespace
}  // namespace pidlab
