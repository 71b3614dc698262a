#include "lib/linux/text.h"

#include <string>
#include <string_view>
#include <type_traits>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::PrintToString;

TEST(Text, IsEmptyAtFirst) {
  const Text<8> text;
  EXPECT_EQ(text.view(), "");
  EXPECT_FALSE(text.truncated());
}

TEST(Text, KeepsWhatFits) {
  EXPECT_EQ(Text<4>("abc").view(), "abc");
  EXPECT_EQ(Text<4>("abcd").view(), "abcd");
  EXPECT_EQ(Text<4>("abcde").view(), "abcd");
}

TEST(Text, SaysThatItWasTooLong) {
  EXPECT_FALSE(Text<4>("abcd").truncated());
  EXPECT_TRUE(Text<4>("abcde").truncated());
}

TEST(Text, IsAppendedTo) {
  Text<8> text = "ab";
  text.Append("cd");
  text.Append("");
  text.Append(std::string("ef"));
  EXPECT_EQ(text, "abcdef");
  EXPECT_FALSE(text.truncated());
}

TEST(Text, DoesNotForgetThatSomethingWasDropped) {
  Text<4> text = "abc";
  text.Append("de");
  EXPECT_EQ(text, "abcd");
  EXPECT_TRUE(text.truncated());
  text.Append("");
  EXPECT_TRUE(text.truncated());
  text.Append("f");
  EXPECT_EQ(text, "abcd");
}

TEST(Text, MayBeFullWithoutHavingDroppedAnything) {
  Text<4> text = "abcd";
  text.Append("");
  EXPECT_FALSE(text.truncated());
  text.Append("e");
  EXPECT_TRUE(text.truncated());
}

TEST(Text, HoldsAnyBytes) {
  const std::string_view bytes("a\0\n\xff", 4);
  EXPECT_EQ(Text<8>(bytes).view(), bytes);
}

TEST(Text, IsComparedWithStringsOfAnyKind) {
  const Text<8> text = "abc";
  EXPECT_TRUE(text == "abc");
  EXPECT_TRUE("abc" == text);
  EXPECT_TRUE(text == std::string("abc"));
  EXPECT_TRUE(std::string_view("abc") == text);
  EXPECT_TRUE(text == Text<8>("abc"));
  EXPECT_TRUE(text == Text<3>("abc"));
  EXPECT_FALSE(text == "ab");
  EXPECT_FALSE(text == "abcd");
  EXPECT_TRUE(text != "abd");
}

TEST(Text, IsPrintedAsItIs) {
  EXPECT_EQ(PrintToString(Text<8>("a b\n")), "a b\n");
}

TEST(Text, CrossesFromOneProcessToAnother) {
  EXPECT_TRUE(std::is_trivially_copyable_v<Text<8>>);
  EXPECT_EQ(Text<8>::capacity(), 8u);
}

TEST(Text, IsMadeWhileCompiling) {
  constexpr Text<4> kText = "abcde";
  static_assert(kText.view() == "abcd" && kText.truncated());
}

}  // namespace
}  // namespace pidlab
