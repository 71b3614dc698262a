#include "tool/vm/frames.h"

#include <vector>

#include "gmock/gmock.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;

std::vector<Frame> AllOf(FrameReader& reader) {
  std::vector<Frame> frames;
  while (auto frame = reader.Next()) frames.push_back(*frame);
  return frames;
}

const std::string kBytes("any\0\n\001pidlabbytes", 17);

TEST(FrameReader, GivesWhatWasEncoded) {
  FrameReader reader;
  reader.Add(Encode(FrameKind::kOutput, kBytes) + Encode(FrameKind::kAlive) +
             Encode(FrameKind::kExited, "7"));
  EXPECT_THAT(AllOf(reader), ElementsAre(Frame{FrameKind::kOutput, kBytes},
                                         Frame{FrameKind::kAlive, ""},
                                         Frame{FrameKind::kExited, "7"}));
}

TEST(FrameReader, TakesPiecesOfAnySize) {
  const std::string text =
      Encode(FrameKind::kOutput, kBytes) + Encode(FrameKind::kAlive);
  for (size_t size = 1; size < text.size(); ++size) {
    FrameReader reader;
    std::vector<Frame> frames;
    for (size_t begin = 0; begin < text.size(); begin += size) {
      reader.Add(text.substr(begin, size));
      for (const Frame& frame : AllOf(reader)) frames.push_back(frame);
    }
    EXPECT_THAT(frames, ElementsAre(Frame{FrameKind::kOutput, kBytes},
                                    Frame{FrameKind::kAlive, ""}))
        << size;
  }
}

TEST(FrameReader, SkipsWhatIsNoFrame) {
  FrameReader reader;
  reader.Add("SeaBIOS says hello\r\n");
  EXPECT_THAT(AllOf(reader), ElementsAre());
  reader.Add("\001pid" + Encode(FrameKind::kError, "e") +
             "noise\001pidlabcffffffff" + Encode(FrameKind::kExited, "0"));
  EXPECT_THAT(AllOf(reader), ElementsAre(Frame{FrameKind::kError, "e"},
                                         Frame{FrameKind::kExited, "0"}));
}

}  // namespace
}  // namespace pidlab
