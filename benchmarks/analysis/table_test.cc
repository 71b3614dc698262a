#include "benchmarks/analysis/table.h"

#include <cstdint>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::StartsWith;

constexpr double kFirstOfBlock = 999'000;  // must not be shown anywhere

// Two rounds of two block pairs, in which nothing varies: a ratio is exact, and
// its interval has no width. Each side keeps twelve samples.
Comparison Constant(const std::string& row, const std::string& base,
                    double subject_us, double base_us,
                    std::optional<int64_t> x = {}) {
  Comparison comparison;
  comparison.group = "create";
  comparison.row = row;
  comparison.base = base;
  comparison.x = x;
  const auto block = [](double us) {
    return std::vector{kFirstOfBlock, 1e3 * us, 1e3 * us, 1e3 * us};
  };
  comparison.rounds = std::vector(
      2, std::vector(2, BlockPair{block(subject_us), block(base_us)}));
  return comparison;
}

Measured RunOf(std::vector<Comparison> comparisons) {
  Measured measured;
  measured.context.kernel = "6.1.0";
  measured.context.machine = "x86_64";
  measured.context.cpu_model = "A CPU";
  measured.context.cpus_online = 2;
  measured.context.pinned_cpu = 1;
  measured.context.privilege = "as uid 0";
  measured.context.build = "optimised";
  measured.context.elapsed_seconds = 8.4;
  measured.context.began = "2026-01-31T12:00:00Z";
  measured.seed = 42;
  measured.complete = true;
  measured.comparisons = std::move(comparisons);
  return measured;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The text without what depends on the widths of its columns.
std::string WithSingleBlanks(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' || !result.ends_with(' ')) result += c;
  }
  return result;
}

// The words with which the lines of the first table begin.
std::vector<std::string> Names(const std::string& text, size_t words) {
  std::vector<std::string> names;
  bool inside = false;
  for (const std::string& line : Lines(text)) {
    if (inside && line.empty()) break;
    std::istringstream stream(line);
    std::string name;
    std::string word;
    for (size_t i = 0; i < words && stream >> word; ++i) {
      name += (name.empty() ? "" : " ") + word;
    }
    if (inside) names.push_back(name);
    if (line.find("ratios of the") != std::string::npos) inside = true;
  }
  names.erase(names.begin());  // the heads of the columns
  return names;
}

TEST(Tables, AreAHeadATableAndALegend) {
  EXPECT_EQ(
      Tables(RunOf({Constant("A/A", "vfork", 30, 30),
                    Constant("NEWPID", "vfork", 36, 30),
                    Constant("NEWPID", "cow", 126, 120),
                    Constant("NEWUTS", "vfork", 30.06, 30)})),
      "Linux 6.1.0 x86_64 | A CPU | 2 CPUs, pinned to 1\n"
      "as uid 0 | seed 42 | full | 128 samples in 8 s | 2026-01-31T12:00:00Z\n"
      "\n"
      "create: µs, ratios of the p10 of blocks\n"
      "        n  p10  p25  p50  p90  p99   +µs / vfork  95 %     / cow\n"
      "vfork  36 30.0 30.0 30.0 30.0 30.0           1                   base\n"
      "cow    12  120  120  120  120  120                             1 base\n"
      "A/A    12 30.0 30.0 30.0 30.0 30.0 +0.00 1.000 1.000–1.000    resolution"
      "\n"
      "NEWPID 12 36.0 36.0 36.0 36.0 36.0 +6.00 1.200 1.200–1.200 1.050 slower"
      "\n"
      "NEWUTS 12 30.1 30.1 30.1 30.1 30.1 +0.06 1.002 1.002–1.002       same\n"
      "\n"
      "n        samples, without the first of each block; a base's are those "
      "beside all\n"
      "         rows\n"
      "/ BASE   how many times that of the base: the median of the blocks' "
      "ratios, with\n"
      "         the 95 % interval of the bootstrap; left of it the "
      "difference that it\n"
      "         makes\n"
      "finding  beside the resolution of this run, ±0.5 %: how far from 1 A/A "
      "may lie,\n"
      "         one operation beside itself\n");
}

TEST(Tables, PutEachGroupWhereItFirstAppeared) {
  Measured run = RunOf({Constant("A", "x", 20, 10), Constant("B", "x", 20, 10),
                        Constant("C", "x", 20, 10)});
  run.comparisons[1].group = "depth";
  const std::string text = Tables(run);
  const size_t create = text.find("create: ");
  const size_t depth = text.find("depth: ");
  EXPECT_LT(create, depth);
  EXPECT_LT(text.find("\nC "), depth);
  EXPECT_EQ(text.find("create: ", create + 1), std::string::npos);
}

// Computed by hand: of nine samples 10, 20, ..., 90 the p10 is 0.8 of the way
// from the first to the second, the p25 is the third, the p50 the fifth, the
// p90 is 0.2 of the way from the eighth to the ninth, the p99 0.92 of it.
TEST(Tables, TellTheQuantilesOfTheFirstBasesSubject) {
  Comparison first = Constant("NEWPID", "vfork", 1, 1);
  BlockPair pair{{kFirstOfBlock}, {kFirstOfBlock}};
  for (int i = 9; i >= 1; --i) {
    pair.subject.push_back(10'000 * i);
    pair.base.push_back(5'000 * i);
  }
  first.rounds = {{pair}};
  const std::string text = WithSingleBlanks(
      Tables(RunOf({first, Constant("NEWPID", "cow", 70, 70)})));
  EXPECT_THAT(text, HasSubstr("NEWPID 9 18.0 30.0 50.0 82.0 89.2 +9.00 2.000"));
  EXPECT_THAT(text, HasSubstr("vfork 9 9.00 15.0 25.0 41.0 44.6 "));
}

TEST(Tables, TakeTheRatioAtTheQuantileOfTheComparison) {
  Comparison waiting = Constant("pid", "none", 1, 1);
  waiting.quantile = 0.5;
  // The medians are 20 and 10, the p10 10.8 and 10.
  waiting.rounds = {{{{9, 20'000, 10'000, 30'000, 40'000, 11'000},
                      {9, 10'000, 10'000, 10'000, 10'000, 10'000}}}};
  const std::string alone = WithSingleBlanks(Tables(RunOf({waiting})));
  EXPECT_THAT(alone, HasSubstr("create: µs, ratios of the p50 of blocks\n"));
  EXPECT_THAT(alone, HasSubstr(" +10.0 2.000 "));
  EXPECT_THAT(alone, Not(HasSubstr("the ratio is that")));
  const std::string below =
      Tables(RunOf({Constant("mnt", "none", 20, 10), waiting}));
  EXPECT_THAT(below, HasSubstr("create: µs, ratios of the p10 of blocks\n"));
  EXPECT_THAT(below, HasSubstr("\n  the ratio is that of the p50\n"));
}

TEST(Tables, NameTwoModesInPlaceOfTheInterval) {
  Comparison modes = Constant("NEWNS", "vfork", 1, 30);
  std::vector<double> block(11, 78'000);
  for (size_t i = 1; i <= 4; ++i) block[i] = 137'000;
  for (Round& round : modes.rounds) {
    for (BlockPair& pair : round) pair.subject = block;
  }
  const std::string text = Tables(RunOf({modes}));
  EXPECT_THAT(text, HasSubstr("2.600 two modes"));
  EXPECT_THAT(
      text, HasSubstr("\n  two modes: 78.0 and 137 µs (40 % in the upper)\n"));
}

TEST(Tables, SortACurveByNameAndX) {
  const std::string text =
      Tables(RunOf({Constant("NEWPID", "vfork", 50, 45, 31),
                    Constant("none", "vfork", 29, 29, 0),
                    Constant("NEWPID", "vfork", 36, 30, 0),
                    Constant("NEWPID", "vfork", 40, 33, 8)}));
  EXPECT_THAT(Names(text, 2),
              ElementsAre("vfork 0", "vfork 8", "vfork 31", "NEWPID 0",
                          "NEWPID 8", "NEWPID 31", "none 0"));
  // At 0 it was measured together with two rows.
  EXPECT_THAT(text, HasSubstr("vfork 0    24  29.0  29.0  29.5  30.0  30.0"));
  EXPECT_THAT(text, HasSubstr("vfork 8    12  33.0"));
}

TEST(Tables, NameTheBaseInTheRowIfThereAreThree) {
  const std::string text = Tables(RunOf(
      {Constant("A/A", "vfork", 30, 30), Constant("NEWPID", "vfork", 36, 30),
       Constant("NEWPID", "cow", 126, 120),
       Constant("NEWPID", "posix_spawn", 30, 40)}));
  EXPECT_THAT(Names(text, 3),
              ElementsAre("vfork 24 30.0", "cow 12 120", "posix_spawn 12 40.0",
                          "A/A / vfork", "NEWPID / vfork", "NEWPID / cow",
                          "NEWPID / posix_spawn", "12 30.0 30.0"));
  EXPECT_THAT(text, HasSubstr("-10.0 0.750 0.750–0.750 faster"));
  EXPECT_THAT(text, HasSubstr("+6.00 1.050 1.050–1.050 slower"));
}

TEST(Tables, NameTheBaseInTheRowIfARowLacksTheFirst) {
  const std::string text =
      Tables(RunOf({Constant("NEWPID", "vfork", 36, 30, 7),
                    Constant("NEWPID", "cow", 126, 120, 7),
                    Constant("NEWNS", "cow", 240, 120, 7)}));
  EXPECT_THAT(Names(text, 4),
              ElementsAre("vfork 7 12 30.0", "cow 7 24 120", "NEWPID / vfork 7",
                          "NEWPID / cow 7", "NEWNS / cow 7"));
}

TEST(Tables, FindTheColumnOfABaseInAnyOrder) {
  const std::string text = Tables(
      RunOf({Constant("A", "vfork", 36, 30), Constant("B", "cow", 240, 120),
             Constant("B", "vfork", 33, 30)}));
  EXPECT_THAT(text, HasSubstr("1.100 1.100–1.100  2.000 unclear"));
}

TEST(Tables, AreUnclearWithoutASelfRow) {
  const std::string text = Tables(RunOf({Constant("NEWPID", "vfork", 90, 30)}));
  EXPECT_THAT(text, HasSubstr("3.00 3.00–3.00  unclear"));
  EXPECT_THAT(text, HasSubstr("finding  unclear: without A/A"));
}

TEST(Tables, GiveTheSameAgainAndUseTheSeedOfTheRun) {
  Measured run = RunOf({Constant("NEWPID", "vfork", 36, 30)});
  std::vector<Round>& rounds = run.comparisons[0].rounds;
  rounds = std::vector(10, Round(10, rounds[0][0]));
  std::mt19937 random(1);
  for (Round& round : rounds) {
    for (BlockPair& pair : round) {
      for (double& sample : pair.subject) {
        sample += static_cast<double>(random() % 5000);
      }
    }
  }
  EXPECT_EQ(Tables(run), Tables(run));
  const std::string text = Tables(run).substr(Head(run).size());
  bool another = false;
  for (run.seed = 1; run.seed < 20; ++run.seed) {
    another = another || Tables(run).substr(Head(run).size()) != text;
  }
  EXPECT_TRUE(another);
}

TEST(Tables, EndWithWhatWasOmitted) {
  Measured run = RunOf({});
  run.omissions = {{"create/NEWTIME", "Linux 5.6", "clone3 -> EINVAL",
                    "a newer kernel, which is to say any that was made in this "
                    "decade, or a virtual machine"}};
  EXPECT_EQ(Tables(run), Head(run) +
                             "\n"
                             "SKIP  create/NEWTIME\n"
                             "  needs     Linux 5.6\n"
                             "  probed    clone3 -> EINVAL\n"
                             "  to run    a newer kernel, which is to say any "
                             "that was made in this decade, or\n"
                             "            a virtual machine\n");
}

TEST(Tables, FitATerminal) {
  std::vector<Comparison> all;
  for (const char* row : {"A/A", "NEWCGROUP", "NEWUSER|NEWPID|NEWNS",
                          "unshare + clone of all eight namespaces"}) {
    for (const char* base : {"vfork", "cow"}) {
      all.push_back(Constant(row, base, 1234.5, 0.1));
      all.push_back(Constant(row, base, 21'800, 1234, 10'000));
      all.back().group = "live";
      all.push_back(Constant(row, base, 364'000, 29.8, 1'000'000));
      all.back().group = "memory";
      all.back().rounds.resize(1000, all.back().rounds[0]);
    }
  }
  all.push_back(Constant("NEWPID", "a third base", 30, 28, 4));
  all.back().group = "live";
  Measured run = RunOf(all);
  run.context.cpu_model = "AMD EPYC 9B14 96-Core Processor, of a long name";
  run.context.hypervisor = "KVMKVMKVM";
  run.context.privilege = "in a user namespace of uid 1000";
  run.context.sanitizer = "address";
  for (const std::string& line : Lines(Tables(run))) {
    EXPECT_THAT(DisplayWidth(line), Le(kColumns)) << line;
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    EXPECT_THAT(line, Not(HasSubstr("999")));
  }
}

TEST(Head, SaysWhatMakesItDoubtful) {
  Measured run = RunOf({});
  run.context.pinned_cpu.reset();
  run.context.sanitizer = "address";
  run.context.quick = true;
  run.complete = false;
  const std::vector<std::string> lines = Lines(Head(run));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[0], HasSubstr("| 2 CPUs, not pinned"));
  EXPECT_THAT(lines[1], HasSubstr("| quick | 0 samples"));
  EXPECT_THAT(lines[2], StartsWith("DOUBTFUL sanitized: "));
  EXPECT_THAT(lines[3], StartsWith("DOUBTFUL unpinned: "));
  EXPECT_THAT(lines[4], StartsWith("INCOMPLETE "));
}

TEST(Head, LeavesOutWhatIsNotKnown) {
  Measured run = RunOf({});
  run.context.cpu_model = "";
  EXPECT_THAT(Head(run),
              StartsWith("Linux 6.1.0 x86_64 | 2 CPUs, pinned to 1\n"));
  run.context.hypervisor = "KVMKVMKVM";
  EXPECT_THAT(Head(run), HasSubstr(" | on KVMKVMKVM | "));
}

TEST(ResolutionOfARun, IsThatOfItsCoarsestSelfRow) {
  EXPECT_EQ(ResolutionOf(RunOf({Constant("NEWPID", "vfork", 36, 30)})), 1);
  EXPECT_EQ(ResolutionOf(RunOf({Constant("A/A", "vfork", 30, 30)})), 0.005);
  EXPECT_NEAR(ResolutionOf(RunOf({Constant("A/A", "vfork", 30.6, 30),
                                  Constant("A/A", "cow", 120, 120)})),
              0.02, 1e-12);
}

}  // namespace
}  // namespace pidlab
