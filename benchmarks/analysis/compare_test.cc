#include "benchmarks/analysis/compare.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::StartsWith;

// Five rounds of four block pairs, in which nothing varies: a ratio is exact,
// and its interval has no width. A side keeps 180 samples: nine of the ten of
// each block.
Comparison Blocks(const std::string& row, const std::vector<double>& subject,
                  const std::vector<double>& base) {
  Comparison comparison;
  comparison.group = "create";
  comparison.row = row;
  comparison.base = "vfork";
  comparison.rounds = std::vector(5, std::vector(4, BlockPair{subject, base}));
  return comparison;
}

Comparison Constant(const std::string& row, double ratio) {
  return Blocks(row, std::vector(10, 30'000 * ratio),
                std::vector(10, 30'000.0));
}

Measured RunOf(std::vector<Comparison> comparisons) {
  Measured measured;
  measured.context.kernel = "6.1.0";
  measured.context.machine = "x86_64";
  measured.context.cpus_online = 2;
  measured.context.pinned_cpu = 1;
  measured.context.privilege = "as uid 0";
  measured.context.build = "optimised";
  measured.complete = true;
  measured.comparisons = std::move(comparisons);
  return measured;
}

// The finding for `a` and `b` if they were measured together with a clean A/A.
Finding FindingOf(const Comparison& a, const Comparison& b) {
  const Comparison self = Constant("A/A", 1);
  return Compare(RunOf({self, a}), RunOf({self, b})).changes.at(1).finding;
}

Finding FindingOf(double a, double b) {
  return FindingOf(Constant("NEWPID", a), Constant("NEWPID", b));
}

TEST(Compare, TellsRatiosApart) {
  EXPECT_EQ(FindingOf(1.2, 1.2), Finding::kSame);
  EXPECT_EQ(FindingOf(1.2, 1.2 * 1.02), Finding::kSame);
  EXPECT_EQ(FindingOf(1.2, 1.2 / 1.02), Finding::kSame);
  EXPECT_EQ(FindingOf(1.2, 1.2 * 1.03), Finding::kUnclear);
  EXPECT_EQ(FindingOf(1.2, 1.2 / 1.03), Finding::kUnclear);
  EXPECT_EQ(FindingOf(1.2, 1.2 * 1.04), Finding::kSlower);
  EXPECT_EQ(FindingOf(1.2, 1.2 / 1.04), Finding::kFaster);
}

TEST(Compare, LooksAtRatiosNotAtTimes) {
  EXPECT_EQ(
      FindingOf(Blocks("NEWPID", std::vector(10, 36e3), std::vector(10, 30e3)),
                Blocks("NEWPID", std::vector(10, 72e3), std::vector(10, 60e3))),
      Finding::kSame);
}

TEST(Compare, DropsTheFirstOfEachBlock) {
  std::vector<double> begins_late(10, 36e3);
  begins_late[0] = 1;
  Comparison a = Blocks("NEWPID", begins_late, std::vector(10, 30e3));
  a.quantile = 0;
  Comparison b = Constant("NEWPID", 1.2);
  b.quantile = 0;
  EXPECT_EQ(FindingOf(a, b), Finding::kSame);
  EXPECT_EQ(FindingOf(b, a), Finding::kSame);
}

TEST(Compare, GivesTheRatiosAndTheirQuotient) {
  const Changes changes = Compare(RunOf({Constant("NEWPID", 1.2)}),
                                  RunOf({Constant("NEWPID", 1.5)}));
  ASSERT_EQ(changes.changes.size(), 1u);
  const Change& change = changes.changes[0];
  EXPECT_EQ(change.name, "create/NEWPID/vfork");
  EXPECT_NEAR(change.a.value, 1.2, 1e-9);
  EXPECT_NEAR(change.b.value, 1.5, 1e-9);
  EXPECT_NEAR(change.quotient.value, 1.25, 1e-9);
}

TEST(Compare, IsAsCoarseAsTheCoarserRun) {
  const std::vector<Comparison> fine = {Constant("A/A", 1),
                                        Constant("NEWPID", 1.2)};
  const std::vector<Comparison> coarse = {Constant("A/A", 1.06),
                                          Constant("NEWPID", 1.26)};
  for (const auto& [a, b] :
       {std::pair(fine, coarse), std::pair(coarse, fine)}) {
    const Changes changes = Compare(RunOf(a), RunOf(b));
    EXPECT_NEAR(changes.resolution, 0.06, 1e-9);
    EXPECT_EQ(changes.changes.at(1).finding, Finding::kSame);
  }
  EXPECT_EQ(FindingOf(1.2, 1.26), Finding::kSlower);
}

TEST(Compare, TellsNothingWithoutASelfRow) {
  const Comparison self = Constant("A/A", 1);
  const Comparison cheap = Constant("NEWPID", 1.2);
  const Comparison dear = Constant("NEWPID", 12);
  EXPECT_EQ(Compare(RunOf({cheap}), RunOf({dear, self})).changes.at(0).finding,
            Finding::kUnclear);
  EXPECT_EQ(Compare(RunOf({cheap, self}), RunOf({cheap})).changes.at(0).finding,
            Finding::kUnclear);
}

TEST(Compare, NamesWhatOnlyOneRunHas) {
  Comparison waiting = Constant("pid", 2);
  Comparison waiting_otherwise = waiting;
  waiting_otherwise.quantile = 0.5;
  const Changes changes =
      Compare(RunOf({Constant("NEWPID", 1.2), Constant("NEWNS", 4), waiting}),
              RunOf({Constant("NEWTIME", 1.1), waiting_otherwise,
                     Constant("NEWPID", 1.2)}));
  EXPECT_EQ(changes.changes.size(), 1u);
  EXPECT_THAT(changes.only_a,
              ElementsAre("create/NEWNS/vfork", "create/pid/vfork"));
  EXPECT_THAT(changes.only_b,
              ElementsAre("create/NEWTIME/vfork", "create/pid/vfork"));
}

// A block of ten samples. Nine of them are kept, and `upper` of those are in
// the upper mode.
std::vector<double> TwoModes(size_t upper, double lower_ns, double upper_ns) {
  std::vector<double> block(10, lower_ns);
  for (size_t i = 1; i <= upper; ++i) block[i] = upper_ns;
  return block;
}

TEST(Compare, TakesNoLeapFromModeToModeForAChange) {
  const std::vector<double> base(10, 30e3);
  const Comparison both = Blocks("NEWNS", TwoModes(5, 78e3, 137e3), base);
  const Comparison upper_only = Blocks("NEWNS", TwoModes(9, 78e3, 137e3), base);
  EXPECT_EQ(FindingOf(both, upper_only), Finding::kUnclear);
  EXPECT_EQ(FindingOf(upper_only, both), Finding::kUnclear);
  EXPECT_EQ(FindingOf(both, Blocks("NEWNS", std::vector(10, 160e3), base)),
            Finding::kSlower);
}

TEST(Compare, TakesNoLeapOfTheBaseForAChange) {
  const std::vector<double> subject(10, 300e3);
  EXPECT_EQ(FindingOf(Blocks("NEWNS", subject, TwoModes(5, 78e3, 137e3)),
                      Blocks("NEWNS", subject, std::vector(10, 137e3))),
            Finding::kUnclear);
}

TEST(Compare, ComparesTheLowerOfTwoModesWhereBothRunsHaveIt) {
  const std::vector<double> base(10, 30e3);
  // The lower modes have 5 and 4 of 9 samples. 2 of 10 would be enough to keep
  // p10 there.
  EXPECT_EQ(FindingOf(Blocks("NEWNS", TwoModes(4, 78e3, 137e3), base),
                      Blocks("NEWNS", TwoModes(5, 86e3, 137e3), base)),
            Finding::kSlower);
  // With only 1 of 9 in the lower mode, p10 may be in the upper one in the next
  // run.
  EXPECT_EQ(FindingOf(Blocks("NEWNS", TwoModes(4, 78e3, 137e3), base),
                      Blocks("NEWNS", TwoModes(8, 86e3, 137e3), base)),
            Finding::kUnclear);
}

// Five rounds of ten block pairs of ten samples: with long tails, with blocks
// and rounds that differ, and with a deviation that is the same in a whole run.
class Noise {
 public:
  explicit Noise(uint64_t seed) : random_(seed) {}

  Comparison Of(const std::string& row, double ratio) {
    Comparison comparison = Constant(row, 1);
    comparison.rounds.clear();
    ratio *= Normal(row == "A/A" ? 0 : 0.006);
    for (int i = 0; i < 5; ++i) {
      const double of_round = ratio * Normal(0.003);
      Round round;
      for (int k = 0; k < 10; ++k) {
        round.push_back(
            {Block(of_round * Normal(0.004)), Block(Normal(0.004))});
      }
      comparison.rounds.push_back(std::move(round));
    }
    return comparison;
  }

  // A run of 20 rows.
  Measured Run(double change) {
    Measured run = RunOf({Of("A/A", 1)});
    for (int i = 0; i < 20; ++i) {
      run.comparisons.push_back(Of("row " + std::to_string(i), 1.2 * change));
    }
    run.seed = random_();
    return run;
  }

 private:
  double Normal(double deviation) {
    return std::exp(std::normal_distribution(0.0, deviation)(random_));
  }

  std::vector<double> Block(double ratio) {
    std::lognormal_distribution tail(0.0, 1.0);
    std::vector<double> samples(10, 30'000 * ratio);
    for (double& sample : samples) sample *= 1 + 0.03 * tail(random_);
    return samples;
  }

  std::mt19937_64 random_;
};

// Compares eight runs with another eight, and counts the rows with each
// finding.
std::map<Finding, int> CountFindings(double change) {
  std::map<Finding, int> count;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Noise noise(seed);
    const Measured a = noise.Run(1);
    const Measured b = noise.Run(change);
    for (const Change& found : Compare(a, b).changes) {
      if (found.name != "create/A/A/vfork") ++count[found.finding];
    }
  }
  return count;
}

TEST(Compare, FindsNoChangeInTwoRunsOfTheSame) {
  std::map<Finding, int> count = CountFindings(1);
  EXPECT_EQ(count[Finding::kSlower], 0);
  EXPECT_EQ(count[Finding::kFaster], 0);
  EXPECT_GE(count[Finding::kSame], 150);
}

TEST(Compare, FindsMostChangesOfAFewPerCent) {
  std::map<Finding, int> count = CountFindings(1.05);
  EXPECT_GT(count[Finding::kSlower], 80);  // of 160
  EXPECT_EQ(count[Finding::kFaster], 0);
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string TableOf(const Measured& a, const Measured& b) {
  return Table(Compare(a, b), a, b);
}

TEST(TableOfChanges, BeginsWithWhatHasChangedAndEndsWithACount) {
  const Measured a =
      RunOf({Constant("A/A", 1), Constant("same", 1.2), Constant("slower", 2),
             Constant("unclear", 1.2), Constant("slowest", 14.4),
             Constant("faster", 1.2), Constant("lost", 1.2)});
  const Measured b =
      RunOf({Constant("A/A", 1), Constant("same", 1.2), Constant("slower", 2.1),
             Constant("unclear", 1.236), Constant("slowest", 28.8),
             Constant("faster", 0.96), Constant("new", 1.2)});
  const std::string text = TableOf(a, b);
  EXPECT_THAT(
      text,
      HasSubstr(
          "\n"
          "                          a      b  b / a 95 %\n"
          "create/slowest/vfork  14.40  28.80  2.000 2.000–2.000  slower\n"
          "create/faster/vfork   1.200  0.960  0.800 0.800–0.800  faster\n"
          "create/slower/vfork   2.000  2.100  1.050 1.050–1.050  slower\n"
          "create/unclear/vfork  1.200  1.236  1.030 1.030–1.030  unclear\n"
          "create/A/A/vfork      1.000  1.000  1.000 1.000–1.000  same\n"
          "create/same/vfork     1.200  1.200  1.000 1.000–1.000  same\n"
          "\n"
          "only in a  create/lost/vfork\n"
          "only in b  create/new/vfork\n"
          "\n"));
  EXPECT_THAT(text, EndsWith("\n2 slower, 1 faster, 1 unclear, 2 same\n"));
  EXPECT_THAT(text, HasSubstr("±0.5 %, the coarser resolution"));
  EXPECT_THAT(text, HasSubstr("same     within ±2.2 %"));
}

TEST(TableOfChanges, SaysWhatTheRunsDoNotHaveInCommon) {
  const Measured a = RunOf({});
  EXPECT_THAT(TableOf(a, a), StartsWith("a\nLinux 6.1.0 x86_64 | 2 CPUs, "));
  EXPECT_THAT(TableOf(a, a), Not(HasSubstr("DIFFERENT")));
  EXPECT_THAT(TableOf(a, a),
              EndsWith("\n0 slower, 0 faster, 0 unclear, 0 same\n"));

  Measured b = a;
  b.complete = false;
  Context& context = b.context;
  context.kernel = "6.18.44";
  context.machine = "aarch64";
  context.cpu_model = "A CPU";
  context.hypervisor = "KVMKVMKVM";
  context.cpus_online = 4;
  context.privilege = "in a user namespace of uid 1000";
  context.quick = true;
  context.build = "not optimised";
  context.sanitizer = "address";
  context.pid_namespace_level = 2;
  context.mounts = 19;
  context.open_descriptors = 1024;
  context.threads = 3;
  const std::string text = TableOf(a, b);
  for (const char* line :
       {"kernel: 6.1.0 and 6.18.44", "machine: x86_64 and aarch64",
        "CPU: none and A CPU", "hypervisor: none and KVMKVMKVM",
        "CPUs: 2 and 4",
        "privilege: as uid 0 and in a user namespace of uid 1000",
        "quick: no and yes", "build: optimised and not optimised",
        "sanitizer: none and address",
        "PID namespaces around it: unknown and 2", "mounts: 0 and 19",
        "descriptors: 0 and 1024", "threads: 0 and 3"}) {
    EXPECT_THAT(text, HasSubstr("\nDIFFERENT " + std::string(line) + "\n"));
  }
  EXPECT_THAT(text, HasSubstr("\nDOUBTFUL sanitized: "));
  EXPECT_THAT(text, HasSubstr("\nINCOMPLETE "));
}

TEST(TableOfChanges, SaysWhyAllIsUnclear) {
  const Measured run = RunOf({Constant("NEWPID", 1.2)});
  EXPECT_THAT(TableOf(run, run),
              HasSubstr("\nfinding  unclear: a run without"));
}

TEST(TableOfChanges, FitsATerminal) {
  Measured run = RunOf({Constant("A/A", 1.123)});
  run.comparisons.push_back(Constant(
      "unshare + clone of all eight namespaces, then a mount of proc", 19.6));
  Measured other = run;
  run.comparisons[1].rounds[0][0].subject.assign(10, 40'000);
  const std::string longest = "a row that the other has not ";
  run.comparisons.push_back(Constant(longest + longest + longest, 1.2));
  for (const std::string& line : Lines(TableOf(run, other))) {
    EXPECT_THAT(DisplayWidth(line), Le(kColumns)) << line;
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace pidlab
