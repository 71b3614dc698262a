#include "benchmarks/harness/run.h"

#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kRounds = 5;

// Sets the number of repetitions, as the flags of a run do.
void RepeatEachPair() {
  std::string program = "run_test";
  std::string repetitions =
      "--benchmark_repetitions=" + std::to_string(kRounds);
  char* arguments[] = {program.data(), repetitions.data(), nullptr};
  int count = 2;
  benchmark::Initialize(&count, arguments);
}

// A number that a stage and the test share.
class Shared {
 public:
  Shared()
      : number_(new (mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0)) int(0)) {}
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { munmap(number_, sizeof(int)); }

  int& operator*() const { return *number_; }

 private:
  int* number_;
};

// A pair that needs no permission. Each of its rounds begins with `prepare`.
Pair Trivial(std::string row, std::function<Sys<int>()> prepare = nullptr) {
  const Operation nothing = Timed("nothing", [] { return Sys<int>{}; });
  return {.group = "test",
          .row = std::move(row),
          .base_name = "base",
          .subject = nothing,
          .base = nothing,
          .stage = {.prepare = std::move(prepare)},
          .blocks = 3,
          .block_samples = 2};
}

class RunTest : public ::testing::Test {
 protected:
  RunTest() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    to_read_ = Fd(ends[0]);
    to_write_ = Fd(ends[1]);
    RepeatEachPair();
  }
  ~RunTest() override { benchmark::ClearRegisteredBenchmarks(); }

  // From now on the run is interrupted.
  int Interrupt() const {
    return write(to_write_.get(), "", 1) == 1 ? 0 : errno;
  }

  Measured Measure(const std::vector<Pair>& pairs) {
    Progress progress(pairs, kRounds, false);
    pidlab::Run run(1, Privilege::kOwn, Allowances(), to_read_.get(), progress);
    EXPECT_EQ(run.MeasureAll(pairs, true), pairs.size());
    failures_ = run.failures();
    interrupted_ = run.interrupted();
    return run.Result(pairs);
  }

  Fd to_read_;
  Fd to_write_;
  std::vector<std::string> failures_;
  bool interrupted_ = false;
};

TEST_F(RunTest, KeepsEachSampleOfEachRound) {
  const Measured measured = Measure({Trivial("one"), Trivial("two")});
  EXPECT_TRUE(measured.complete);
  ASSERT_THAT(measured.comparisons, SizeIs(2));
  EXPECT_EQ(measured.comparisons[0].Name(), "test/one/base");
  EXPECT_EQ(measured.comparisons[1].Name(), "test/two/base");
  for (const Comparison& comparison : measured.comparisons) {
    ASSERT_THAT(comparison.rounds, SizeIs(kRounds));
    for (const Round& round : comparison.rounds) {
      ASSERT_THAT(round, SizeIs(3));
      EXPECT_THAT(round[0].subject, SizeIs(2));
      EXPECT_THAT(round[0].base, SizeIs(2));
    }
  }
}

// Google Benchmark would abort if it saw some rounds with iterations and others
// without.
TEST_F(RunTest, KeepsWhatWasMeasuredBeforeAnInterrupt) {
  const Shared rounds;
  const Measured measured = Measure({Trivial("cut", [&] {
    return Sys<int>{0, ++*rounds == 4 ? Interrupt() : 0};
  })});
  EXPECT_TRUE(interrupted_);
  EXPECT_FALSE(measured.complete);
  ASSERT_THAT(measured.comparisons, SizeIs(1));
  EXPECT_THAT(measured.comparisons[0].rounds, SizeIs(3));
}

TEST_F(RunTest, DropsAPairThatFailsLater) {
  const Shared rounds;
  const Measured measured =
      Measure({Trivial("failing",
                       [&] {
                         return Sys<int>{0, ++*rounds == 4 ? EIO : 0};
                       }),
               Trivial("other")});
  EXPECT_THAT(failures_,
              ElementsAre("test/failing/base: preparing the stage -> "
                          "EIO (Input/output error)"));
  EXPECT_FALSE(measured.complete);
  EXPECT_EQ(*rounds, 4);
  ASSERT_THAT(measured.comparisons, SizeIs(1));
  EXPECT_EQ(measured.comparisons[0].Name(), "test/other/base");
}

Pair Refused(std::string needs) {
  Pair pair = Trivial("refused");
  pair.subject.take = [] { return Sys<Sample>::Failed(EINVAL); };
  pair.needs = std::move(needs);
  pair.to_run = "a newer kernel";
  return pair;
}

TEST_F(RunTest, OmitsWhatTheKernelDoesNotHave) {
  const Measured measured = Measure({Refused("Linux 5.6")});
  EXPECT_THAT(failures_, IsEmpty());
  EXPECT_TRUE(measured.complete);
  EXPECT_THAT(measured.comparisons, IsEmpty());
  ASSERT_THAT(measured.omissions, SizeIs(1));
  EXPECT_EQ(measured.omissions[0].name, "test/refused/base");
  EXPECT_EQ(measured.omissions[0].needs, "Linux 5.6");
  EXPECT_EQ(measured.omissions[0].probed,
            "nothing -> EINVAL (Invalid argument)");
  EXPECT_EQ(measured.omissions[0].to_run, "a newer kernel");
}

TEST_F(RunTest, FailsWhereNothingMayBeMissing) {
  const Measured measured = Measure({Refused("")});
  EXPECT_THAT(failures_, SizeIs(1));
  EXPECT_THAT(measured.omissions, IsEmpty());
}

TEST_F(RunTest, SaysWhatThePairHasKilled) {
  Pair pair = Trivial("deadly");
  pair.subject.take = []() -> Sys<Sample> { _exit(0); };
  (void)Measure({pair});
  EXPECT_THAT(failures_,
              ElementsAre("test/deadly/base: nothing has killed its process"));
}

}  // namespace
}  // namespace pidlab
