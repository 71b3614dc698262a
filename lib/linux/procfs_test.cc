#include "lib/linux/procfs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>

#include "gmock/gmock.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;
using ::testing::Ne;
using ::testing::PrintToString;

// A file of Linux 6.18, without the lines that do not matter here.
constexpr std::string_view kStatus =
    "Name:\tbash\n"
    "Umask:\t0022\n"
    "State:\tT (stopped)\n"
    "Tgid:\t20191\n"
    "Ngid:\t0\n"
    "Pid:\t20191\n"
    "PPid:\t20180\n"
    "TracerPid:\t0\n"
    "Groups:\t27 65534 \n"
    "NStgid:\t20191\t312\t1\n"
    "NSpid:\t20191\t312\t1\n"
    "NSpgid:\t20180\t300\t0\n"
    "NSsid:\t18506\t0\t0\n"
    "SigQ:\t2/96365\n"
    "SigPnd:\t0000000000000000\n"
    "ShdPnd:\t0000000000004000\n"
    "SigBlk:\tfffffffe7ffbfeff\n"
    "SigIgn:\t0000000000000006\n"
    "SigCgt:\t0000000180000002\n"
    "Mems_allowed:\t00000000,00000001\n";

constexpr std::string_view kStat =
    "20191 (bash) T 20180 20170 18506 34816 20191 4194304 410 0 0 0 0 0 0 0 20 "
    "0 1 0 345678 7159808 935 18446744073709551615 0 0 0 0 0 0 65536 3686404 "
    "1266761467 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

// `text` with its first `what` replaced.
std::string With(std::string_view text, std::string_view what,
                 std::string_view by) {
  std::string changed(text);
  return changed.replace(changed.find(what), what.size(), by);
}

int ErrorOfStatus(const std::string& text) { return ParseStatus(text).err; }
int ErrorOfStat(const std::string& text) { return ParseStat(text).err; }

TEST(PidChain, HasItsOutermostFirst) {
  constexpr PidChain kChain = {4711, 12, 1};
  EXPECT_EQ(kChain.size(), 3u);
  EXPECT_EQ(kChain.outermost(), 4711);
  EXPECT_EQ(kChain[1], 12);
  EXPECT_EQ(kChain.innermost(), 1);
}

TEST(PidChain, LosesItsOuterLevelsFurtherInside) {
  constexpr PidChain kChain = {4711, 12, 1};
  EXPECT_EQ(kChain.WithoutOuter(0), kChain);
  EXPECT_EQ(kChain.WithoutOuter(1), (PidChain{12, 1}));
  EXPECT_TRUE(kChain.WithoutOuter(3).empty());
  EXPECT_TRUE(kChain.WithoutOuter(4).empty());
}

TEST(PidChain, TakesNoMoreThanTheKernelNests) {
  PidChain chain;
  for (size_t i = 0; i < kMaxPidLevels; ++i) EXPECT_TRUE(chain.Append(1));
  EXPECT_FALSE(chain.Append(7));
  EXPECT_EQ(chain.size(), kMaxPidLevels);
  EXPECT_EQ(chain.innermost(), 1);
}

TEST(PidChain, DiffersFromALongerOne) {
  EXPECT_NE((PidChain{1}), (PidChain{1, 0}));
  EXPECT_NE((PidChain{1, 2}), (PidChain{2, 1}));
}

TEST(PidChain, IsPrintedAsNumbers) {
  EXPECT_EQ(PrintToString(PidChain{4711, 0, -1}), "4711 0 -1");
  EXPECT_EQ(PrintToString(PidChain()), "none");
}

TEST(SignalSet, BitNMinus1IsSignalN) {
  EXPECT_TRUE(SignalSet{1}.Has(SIGHUP));
  EXPECT_FALSE(SignalSet{1}.Has(SIGINT));
  EXPECT_TRUE(SignalSet{1ULL << 63}.Has(64));
  EXPECT_FALSE(SignalSet{~(1ULL << 63)}.Has(64));
}

TEST(SignalSet, IsPrintedAsNames) {
  EXPECT_EQ(PrintToString(SignalSet{}), "none");
  EXPECT_EQ(PrintToString(SignalSet{0x4003}), "SIGHUP SIGINT SIGTERM");
  EXPECT_EQ(PrintToString(SignalSet{1ULL << 63 | 1ULL << 33}),
            "signal 34 signal 64");
}

TEST(ProcessState, IsPrintedAsTheKernelExplainsIt) {
  EXPECT_EQ(PrintToString(kRunning), "R (running)");
  EXPECT_EQ(PrintToString(kSleeping), "S (sleeping)");
  EXPECT_EQ(PrintToString(kStopped), "T (stopped)");
  EXPECT_EQ(PrintToString(kZombie), "Z (zombie)");
  EXPECT_EQ(PrintToString(ProcessState{'t'}), "t (tracing stop)");
  EXPECT_EQ(PrintToString(ProcessState{'#'}), "#");
}

TEST(ParseStatus, FindsEveryField) {
  const Sys<ProcessStatus> status = ParseStatus(kStatus);
  ASSERT_EQ(status.err, 0);
  EXPECT_EQ(status.value.name, "bash");
  EXPECT_EQ(status.value.state, kStopped);
  EXPECT_EQ(status.value.pid, 20191);
  EXPECT_EQ(status.value.ppid, 20180);
  EXPECT_EQ(status.value.ns_tgid, (PidChain{20191, 312, 1}));
  EXPECT_EQ(status.value.ns_pid, (PidChain{20191, 312, 1}));
  EXPECT_EQ(status.value.ns_pgid, (PidChain{20180, 300, 0}));
  EXPECT_EQ(status.value.ns_sid, (PidChain{18506, 0, 0}));
  EXPECT_EQ(status.value.pending, SignalSet{0x4000});
  EXPECT_EQ(status.value.blocked, SignalSet{0xfffffffe7ffbfeff});
  EXPECT_EQ(status.value.ignored, SignalSet{0x6});
  EXPECT_EQ(status.value.caught, SignalSet{0x180000002});
}

// Wherever the file is cut off, there is an error, or the values are those of
// the whole file. Lines that are missing leave their values empty.
void ExpectNothingWrongInPrefixesOfStatus(std::string_view whole) {
  const Sys<ProcessStatus> full = ParseStatus(whole);
  ASSERT_EQ(full.err, 0) << whole;
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string_view text = whole.substr(0, size);
    SCOPED_TRACE(text);
    const Sys<ProcessStatus> cut = ParseStatus(text);
    if (!cut.ok()) {
      EXPECT_EQ(cut.err, EBADMSG);
      continue;
    }
    EXPECT_EQ(cut.value.name, full.value.name);
    EXPECT_EQ(cut.value.state, full.value.state);
    EXPECT_EQ(cut.value.pid, full.value.pid);
    EXPECT_EQ(cut.value.ppid, full.value.ppid);
    for (const auto chain : {&ProcessStatus::ns_tgid, &ProcessStatus::ns_pid,
                             &ProcessStatus::ns_pgid, &ProcessStatus::ns_sid}) {
      EXPECT_THAT(cut.value.*chain, AnyOf(PidChain(), full.value.*chain));
    }
    for (const auto set : {&ProcessStatus::pending, &ProcessStatus::blocked,
                           &ProcessStatus::ignored, &ProcessStatus::caught}) {
      EXPECT_THAT(cut.value.*set, AnyOf(SignalSet(), full.value.*set));
    }
  }
}

TEST(ParseStatus, HasNothingWrongWhereverItIsCutOff) {
  ExpectNothingWrongInPrefixesOfStatus(kStatus);
  ExpectNothingWrongInPrefixesOfStatus(
      With(kStatus, "\tbash\n", "\tPid:\\nPid: 1\n"));
}

TEST(ParseStatus, HasNothingWrongWhereverARealFileIsCutOff) {
  const Sys<FileText> real = ReadFile("/proc/self/status");
  ASSERT_EQ(real.err, 0);
  ExpectNothingWrongInPrefixesOfStatus(real.value);
}

TEST(ParseStatus, TakesAnyName) {
  const auto name_in = [](std::string_view line) {
    const auto status = ParseStatus(With(kStatus, "Name:\tbash", line));
    EXPECT_EQ(status.err, 0) << line;
    EXPECT_EQ(status.value.pid, 20191) << line;
    EXPECT_EQ(status.value.state, kStopped) << line;
    return std::string(status.value.name.view());
  };
  EXPECT_EQ(name_in("Name:\ta) R 0 0"), "a) R 0 0");
  EXPECT_EQ(name_in("Name:\tState:\tZ"), "State:\tZ");
  EXPECT_EQ(name_in("Name:\t Pid: 1 "), " Pid: 1 ");
  EXPECT_EQ(name_in("Name:\t\t"), "\t");
  EXPECT_EQ(name_in("Name:\t\\n\\\\"), "\\n\\\\");
  EXPECT_EQ(name_in("Name:\t\r"), "\r");
  EXPECT_EQ(name_in("Name:\t\xff\xfe\x80"), "\xff\xfe\x80");
  EXPECT_EQ(name_in("Name:\t123456789012345"), "123456789012345");
  EXPECT_EQ(name_in("Name:\tkworker/u4:1-events_unbound"),
            "kworker/u4:1-events_unbound");
  EXPECT_EQ(name_in("Name:\t"), "");
  EXPECT_EQ(name_in("Name:"), "");
}

TEST(ParseStatus, SaysThatANameWasTooLong) {
  const auto status = ParseStatus(With(kStatus, "bash", std::string(65, 'x')));
  ASSERT_EQ(status.err, 0);
  EXPECT_TRUE(status.value.name.truncated());
  EXPECT_EQ(status.value.name, std::string(64, 'x'));
}

TEST(ParseStatus, LeavesEmptyWhatAnOldKernelDoesNotShow) {
  const auto status = ParseStatus(
      "Name:\tinit\nState:\tS (sleeping)\nTgid:\t1\nPid:\t1\nPPid:\t0\n");
  ASSERT_EQ(status.err, 0);
  EXPECT_EQ(status.value.pid, 1);
  EXPECT_EQ(status.value.ppid, 0);
  EXPECT_TRUE(status.value.ns_pid.empty());
  EXPECT_EQ(status.value.caught, SignalSet());
}

TEST(ParseStatus, RefusesAFileWithoutItsFourFields) {
  EXPECT_EQ(ErrorOfStatus(""), EBADMSG);
  EXPECT_EQ(ErrorOfStatus("\n"), EBADMSG);
  EXPECT_EQ(ErrorOfStatus("root:x:0:0:root:/root:/bin/bash\n"), EBADMSG);
  for (const char* field : {"Name:", "State:", "Pid:", "PPid:"}) {
    const std::string key = std::string("\n") + field;
    EXPECT_EQ(
        ErrorOfStatus(With("\n" + std::string(kStatus), key, "\nX:").substr(1)),
        EBADMSG)
        << "without " << field;
  }
}

TEST(ParseStatus, RefusesALineWithoutAColon) {
  EXPECT_EQ(ErrorOfStatus(With(kStatus, "Umask:\t0022", "Umask 0022")),
            EBADMSG);
  EXPECT_EQ(ErrorOfStatus(std::string(kStatus) + "\n"), EBADMSG);
}

TEST(ParseStatus, RefusesAStateWithoutALetter) {
  EXPECT_EQ(ErrorOfStatus(With(kStatus, "T (stopped)", "")), EBADMSG);
}

TEST(ParseStatus, RefusesWhatIsNoNumber) {
  for (const char* number :
       {"", " ", "x", "0x12", "12x", "1 2", "+1", "--1", "2147483648",
        "-2147483649", "99999999999999999999", "1.5", "12\r", "\xff"}) {
    for (const char* line : {"\nPid:\t20191", "\nPPid:\t20180"}) {
      const std::string key(line, strchr(line, '\t') + 1);
      EXPECT_EQ(ErrorOfStatus(With(kStatus, line, key + number)), EBADMSG)
          << key << number;
    }
  }
  EXPECT_EQ(ParseStatus(With(kStatus, "\nPid:\t20191", "\nPid:\t2147483647"))
                .value.pid,
            2147483647);
}

TEST(ParseStatus, RefusesAChainThatHasWhatIsNoNumber) {
  for (const char* chain :
       {"", "\t", "x", "1\tx", "1\t2147483648", "1\t2\r", "1,2"}) {
    for (const char* key : {"NStgid:\t", "NSpid:\t", "NSpgid:\t", "NSsid:\t"}) {
      const std::string::size_type begin = kStatus.find(key) + strlen(key);
      std::string text(kStatus);
      text.replace(begin, text.find('\n', begin) - begin, chain);
      EXPECT_EQ(ErrorOfStatus(text), EBADMSG) << key << chain;
    }
  }
}

TEST(ParseStatus, RefusesASignalSetThatIsNone) {
  for (const char* set : {"", "-1", "0x6", "g", "10000000000000000",
                          "00000000 00000000", "6\r"}) {
    for (const char* key :
         {"ShdPnd:\t", "SigBlk:\t", "SigIgn:\t", "SigCgt:\t"}) {
      const std::string::size_type begin = kStatus.find(key) + strlen(key);
      std::string text(kStatus);
      text.replace(begin, 16, set);
      EXPECT_EQ(ErrorOfStatus(text), EBADMSG) << key << set;
    }
  }
}

TEST(ParseStatus, RefusesLinesThatEndAsOnWindows) {
  std::string text;
  for (const char c : kStatus) text += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(ErrorOfStatus(text), EBADMSG);
}

TEST(ParseStatus, TakesAsManyLevelsAsTheKernelNestsAndNoMore) {
  std::string deepest = "NSpid:\t100";
  for (int level = 1; level < 33; ++level) {
    deepest += "\t" + std::to_string(level);
  }
  const std::string line = "NSpid:\t20191\t312\t1";
  const auto status = ParseStatus(With(kStatus, line, deepest));
  ASSERT_EQ(status.err, 0);
  EXPECT_EQ(status.value.ns_pid.size(), 33u);
  EXPECT_EQ(status.value.ns_pid.outermost(), 100);
  EXPECT_EQ(status.value.ns_pid.innermost(), 32);
  EXPECT_EQ(ErrorOfStatus(With(kStatus, line, deepest + "\t33")), EBADMSG);
}

TEST(ParseStat, FindsEveryField) {
  const Sys<ProcessStat> stat = ParseStat(kStat);
  ASSERT_EQ(stat.err, 0);
  EXPECT_EQ(stat.value.comm, "bash");
  EXPECT_EQ(stat.value.state, kStopped);
  EXPECT_EQ(stat.value.pid, 20191);
  EXPECT_EQ(stat.value.ppid, 20180);
  EXPECT_EQ(stat.value.pgrp, 20170);
  EXPECT_EQ(stat.value.session, 18506);
}

TEST(ParseStat, TakesAnyName) {
  for (const std::string_view comm :
       {"", " ", ")", "(", "()", ") (", "a) R 0 0", ") S 1 2 3 4 5", "x\ny",
        "a) R 0 0 0\n", "\\n", "\t", "\r", "State:\tZ", "\xff\xfe\x80",
        "123456789012345", "kworker/u4:1-events_unbound"}) {
    const auto stat = ParseStat(With(kStat, "bash", comm));
    ASSERT_EQ(stat.err, 0) << comm;
    EXPECT_EQ(stat.value.comm, comm);
    EXPECT_EQ(stat.value.state, kStopped) << comm;
    EXPECT_EQ(stat.value.pid, 20191) << comm;
    EXPECT_EQ(stat.value.ppid, 20180) << comm;
    EXPECT_EQ(stat.value.session, 18506) << comm;
  }
}

TEST(ParseStat, HasNothingWrongWhereverItIsCutOff) {
  for (const std::string_view comm :
       {"bash", "x\ny", ") S 1 2 3 4 5 6", "a) R 0 0 0 ", "a) R 0 0 0\n"}) {
    const std::string whole = With(kStat, "bash", comm);
    for (size_t size = 0; size < whole.size(); ++size) {
      const std::string text = whole.substr(0, size);
      const Sys<ProcessStat> cut = ParseStat(text);
      if (!cut.ok()) {
        EXPECT_EQ(cut.err, EBADMSG) << text;
        continue;
      }
      EXPECT_EQ(cut.value.comm, comm) << text;
      EXPECT_EQ(cut.value.state, kStopped) << text;
      EXPECT_EQ(cut.value.ppid, 20180) << text;
      EXPECT_EQ(cut.value.pgrp, 20170) << text;
      EXPECT_EQ(cut.value.session, 18506) << text;
    }
  }
}

TEST(ParseStat, GivesTheMinus1OfAProcessThatIsGoing) {
  const auto stat = ParseStat(With(kStat, "20170 18506", "-1 -1"));
  ASSERT_EQ(stat.err, 0);
  EXPECT_EQ(stat.value.pgrp, -1);
  EXPECT_EQ(stat.value.session, -1);
}

TEST(ParseStat, RefusesWhatIsNoStatFile) {
  EXPECT_EQ(ErrorOfStat(""), EBADMSG);
  EXPECT_EQ(ErrorOfStat("\n"), EBADMSG);
  EXPECT_EQ(ErrorOfStat("()"), EBADMSG);
  EXPECT_EQ(ErrorOfStat(With(kStat, "(bash)", ")bash(")), EBADMSG);
  EXPECT_EQ(ErrorOfStat(With(kStat, "(bash)", "bash")), EBADMSG);
  EXPECT_EQ(ErrorOfStat("1 ) S 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (x\n"),
            EBADMSG);
  EXPECT_EQ(ErrorOfStat(With(kStat, " T ", " ")), EBADMSG);
  EXPECT_EQ(ErrorOfStat(With(kStat, " T ", " TT ")), EBADMSG);
  EXPECT_EQ(ErrorOfStat(std::string(kStatus)), EBADMSG);
}

TEST(ParseStat, RefusesWhatIsNoNumber) {
  for (const char* number :
       {"x", "0x12", "12x", "+1", "2147483648", "-2147483649", "1.5"}) {
    for (const char* field : {"20191", "20180", "20170", "18506"}) {
      EXPECT_EQ(ErrorOfStat(With(kStat, field, number)), EBADMSG)
          << "'" << number << "' for " << field;
    }
  }
}

constexpr std::string_view kPidfdInfo =
    "pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t1054\nPid:\t4711\n";

TEST(ParsePidfdInfo, GivesTheChain) {
  const std::string info(kPidfdInfo);
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t4711\t12\t1\n").value,
            (PidChain{4711, 12, 1}));
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t-1\n").value, PidChain{-1});
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t0\n").value, PidChain{0});
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t7\nlater:\t1 2 3\n").value,
            PidChain{7});
  EXPECT_EQ(ParsePidfdInfo(info + "XNSpid:\t1\nNSpid:\t7\n").value,
            PidChain{7});
}

TEST(ParsePidfdInfo, RefusesWhatHasNoChain) {
  const std::string info(kPidfdInfo);
  EXPECT_EQ(ParsePidfdInfo("").err, EBADMSG);
  EXPECT_EQ(ParsePidfdInfo(info).err, EBADMSG);
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\n").err, EBADMSG);
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t\n").err, EBADMSG);
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t12\tx\n").err, EBADMSG);
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t2147483648\n").err, EBADMSG);
  EXPECT_EQ(ParsePidfdInfo(info + "XNSpid:\t12\n").err, EBADMSG);
}

TEST(ParsePidfdInfo, RefusesAChainThatIsCutOff) {
  const std::string info = std::string(kPidfdInfo) + "NSpid:\t4711\t12\t1\n";
  for (size_t size = 0; size < info.size(); ++size) {
    EXPECT_EQ(ParsePidfdInfo(info.substr(0, size)).err, EBADMSG) << size;
  }
}

TEST(ParsePidfdInfo, NeverMixesTwoChains) {
  const std::string info(kPidfdInfo);
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t1\t2\nNSpid:\t3\n").value,
            PidChain{3});
  EXPECT_EQ(ParsePidfdInfo(info + "NSpid:\t1\t2\nNSpid:\tx\n").err, EBADMSG);
}

// A child of this process that has a name and is stopped. It is killed at the
// end.
class NamedChild {
 public:
  explicit NamedChild(const std::string& name) : pid_(fork()) {
    if (pid_ == 0) {
      prctl(PR_SET_NAME, name.c_str());
      kill(getpid(), SIGSTOP);
      _exit(0);
    }
    waitpid(pid_, nullptr, WUNTRACED);
  }
  ~NamedChild() {
    kill(pid_, SIGKILL);
    (void)WaitFor(pid_);
  }
  NamedChild(const NamedChild&) = delete;
  NamedChild& operator=(const NamedChild&) = delete;

  pid_t pid() const { return pid_; }
  std::string path(const std::string& file) const {
    return "/proc/" + std::to_string(pid_) + "/" + file;
  }

 private:
  pid_t pid_;
};

// The real /proc.
class Proc : public ::testing::Test {
 protected:
  void SetUp() override {
    if (ReadLink("/proc/self").value != std::to_string(getpid())) {
      GTEST_SKIP() << "this /proc shows another PID namespace";
    }
  }
};

TEST_F(Proc, SaysOfThisProcessWhatTheSystemCallsSay) {
  const Sys<ProcessStatus> status = ReadStatus("/proc/self/status");
  ASSERT_EQ(status.err, 0);
  EXPECT_EQ(status.value.pid, getpid());
  EXPECT_EQ(status.value.ppid, getppid());
  EXPECT_EQ(status.value.state, kRunning);
  EXPECT_EQ(status.value.ns_pid.outermost(), getpid());
  EXPECT_EQ(status.value.ns_pgid.outermost(), getpgrp());
  EXPECT_EQ(status.value.ns_sid.outermost(), getsid(0));
  EXPECT_EQ(StatusOf(getpid()).value.ppid, getppid());

  const Sys<ProcessStat> stat = ReadStat("/proc/self/stat");
  ASSERT_EQ(stat.err, 0);
  EXPECT_EQ(stat.value.pid, getpid());
  EXPECT_EQ(stat.value.ppid, getppid());
  EXPECT_EQ(stat.value.pgrp, getpgrp());
  EXPECT_EQ(stat.value.session, getsid(0));
  EXPECT_EQ(stat.value.comm, status.value.name);
}

TEST_F(Proc, SaysWhichSignalsAreTreatedHow) {
  struct sigaction ignored_before, caught_before;
  struct sigaction ignore {
  }, handle{};
  ignore.sa_handler = SIG_IGN;
  handle.sa_handler = [](int) {};
  sigaction(SIGUSR1, &ignore, &ignored_before);
  sigaction(SIGUSR2, &handle, &caught_before);
  sigset_t winch, blocked_before;
  sigemptyset(&winch);
  sigaddset(&winch, SIGWINCH);
  sigprocmask(SIG_BLOCK, &winch, &blocked_before);
  kill(getpid(), SIGWINCH);

  const Sys<ProcessStatus> status = ReadStatus("/proc/self/status");

  sigprocmask(SIG_SETMASK, &blocked_before, nullptr);
  sigaction(SIGUSR1, &ignored_before, nullptr);
  sigaction(SIGUSR2, &caught_before, nullptr);
  ASSERT_EQ(status.err, 0);
  EXPECT_TRUE(status.value.ignored.Has(SIGUSR1));
  EXPECT_FALSE(status.value.caught.Has(SIGUSR1));
  EXPECT_TRUE(status.value.caught.Has(SIGUSR2));
  EXPECT_FALSE(status.value.ignored.Has(SIGUSR2));
  EXPECT_TRUE(status.value.blocked.Has(SIGWINCH));
  EXPECT_TRUE(status.value.pending.Has(SIGWINCH));
}

TEST_F(Proc, IsNotDeceivedByNames) {
  struct {
    std::string set;
    std::string comm;
    std::string escaped;  // in status
  } const kNames[] = {
      {"a) R 0 0", "a) R 0 0", "a) R 0 0"},
      {") S 1", ") S 1", ") S 1"},
      {"a) R 0 0 0\n", "a) R 0 0 0\n", "a) R 0 0 0\\n"},
      {"x\ny", "x\ny", "x\\ny"},
      {"\nPid:\t1", "\nPid:\t1", "\\nPid:\t1"},
      {"back\\slash", "back\\slash", "back\\\\slash"},
      {"State:\tZ", "State:\tZ", "State:\tZ"},
      {" ", " ", " "},
      {"", "", ""},
      {"\r", "\r", "\r"},
      {"\xff\xfe\x80", "\xff\xfe\x80", "\xff\xfe\x80"},
      {"123456789012345", "123456789012345", "123456789012345"},
      {"1234567890123456", "123456789012345", "123456789012345"},
  };
  for (const auto& name : kNames) {
    SCOPED_TRACE(name.escaped);
    const NamedChild child(name.set);
    const Sys<ProcessStatus> status = StatusOf(child.pid());
    ASSERT_EQ(status.err, 0);
    EXPECT_EQ(status.value.name, name.escaped);
    EXPECT_EQ(status.value.pid, child.pid());
    EXPECT_EQ(status.value.ppid, getpid());
    EXPECT_EQ(status.value.state, kStopped);
    const Sys<ProcessStat> stat = ReadStat(child.path("stat").c_str());
    ASSERT_EQ(stat.err, 0);
    EXPECT_EQ(stat.value.comm, name.comm);
    EXPECT_EQ(stat.value.pid, child.pid());
    EXPECT_EQ(stat.value.ppid, getpid());
    EXPECT_EQ(stat.value.state, kStopped);
  }
}

TEST_F(Proc, ShowsAZombieUntilItIsReaped) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(StatusOf(child).value.state, kZombie);
  (void)WaitFor(child);
  EXPECT_THAT(StatusOf(child).err, AnyOf(ENOENT, ESRCH));
}

TEST_F(Proc, ShowsWhomAPidfdMeans) {
  Fd pidfd;
  pid_t pid;
  {
    const NamedChild child("named");
    pid = child.pid();
    pidfd = Fd(PidfdOpen(pid).value);
    const Sys<PidChain> info = ReadPidfdInfo(pidfd.get());
    if (info.err == EBADMSG) GTEST_SKIP() << "before Linux 5.5";
    ASSERT_EQ(info.err, 0);
    EXPECT_EQ(info.value, StatusOf(pid).value.ns_pid);
  }
  EXPECT_EQ(ReadPidfdInfo(pidfd.get()).value, PidChain{-1});
  pidfd.Close();
  EXPECT_EQ(ReadPidfdInfo(987654321).err, ENOENT);
  const Fd file(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(ReadPidfdInfo(file.get()).err, EBADMSG);
}

TEST_F(Proc, SaysWhichNamespaceItIs) {
  const Sys<NamespaceId> own = ReadNamespace("/proc/self/ns/pid");
  ASSERT_EQ(own.err, 0);
  const NamedChild child("same");
  EXPECT_EQ(ReadNamespace(child.path("ns/pid").c_str()).value, own.value);
  EXPECT_THAT(ReadNamespace("/proc/self/ns/mnt").value, Ne(own.value));
  // This is how readlink(2) shows it.
  EXPECT_EQ(ReadLink("/proc/self/ns/pid").value,
            "pid:" + PrintToString(own.value));
  const Fd directory(open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(ReadNamespace("ns/pid", directory.get()).value, own.value);
}

TEST_F(Proc, SaysWhyThereIsNothingToRead) {
  EXPECT_EQ(ReadStatus("/proc/self/nothing").err, ENOENT);
  EXPECT_EQ(ReadStat("/proc/self/nothing").err, ENOENT);
  EXPECT_EQ(ReadStat("/proc/self/status").err, EBADMSG);
  EXPECT_EQ(ReadStatus("/proc/self/stat").err, EBADMSG);
  EXPECT_EQ(ReadFile("/proc/self/nothing").err, ENOENT);
  EXPECT_EQ(ReadFile("/proc/self").err, EISDIR);
  EXPECT_EQ(ReadLink("/proc/self/nothing").err, ENOENT);
  EXPECT_EQ(ReadLink("/proc/self/status").err, EINVAL);
  EXPECT_EQ(ReadNamespace("/proc/self/ns/nothing").err, ENOENT);
  EXPECT_EQ(ReadNamespace("ns/pid", 987654321).err, EBADF);
}

TEST_F(Proc, KeepsTheNamespacesOfOthersFromWhoMayNotLook) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to give it up";
  const std::string path = "/proc/" + std::to_string(getpid()) + "/ns/pid";
  constexpr int kStillRoot = 255;
  const pid_t child = fork();
  if (child == 0) {
    if (setresuid(65534, 65534, 65534) != 0) _exit(kStillRoot);
    _exit(ReadNamespace(path.c_str()).err);
  }
  const Ending ending = WaitFor(child).value;
  if (ending == Exited(kStillRoot)) GTEST_SKIP() << "there is one user here";
  EXPECT_EQ(ending, Exited(EACCES));
}

// A file in memory with this text.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& text)
      : fd_(memfd_create("text", MFD_CLOEXEC)) {
    EXPECT_EQ(write(fd_.get(), text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }
  std::string path() const {
    return "/proc/self/fd/" + std::to_string(fd_.get());
  }

 private:
  Fd fd_;
};

TEST(ReadFile, GivesEveryByte) {
  EXPECT_EQ(ReadFile(MemoryFile("").path().c_str()).value, "");
  const std::string text("a\0b\n\xff", 5);
  EXPECT_EQ(ReadFile(MemoryFile(text).path().c_str()).value, text);
}

TEST(ReadFile, SaysThatAFileWasTooLarge) {
  for (const size_t size : {kFileTextCapacity - 1, kFileTextCapacity,
                            kFileTextCapacity + 1, 10 * kFileTextCapacity}) {
    std::string text;
    while (text.size() < size) text += std::to_string(text.size()) + " ";
    text.resize(size);
    const MemoryFile file(text);
    const Sys<FileText> read = ReadFile(file.path().c_str());
    ASSERT_EQ(read.err, 0);
    EXPECT_EQ(read.value.truncated(), size > kFileTextCapacity) << size;
    EXPECT_EQ(read.value, text.substr(0, kFileTextCapacity)) << size;
  }
}

TEST(ReadFile, ReadsUntilTheEnd) {
  // With O_DIRECT, each read gives what one write wrote.
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_DIRECT), 0);
  const Fd near(ends[0]);
  Fd far(ends[1]);
  EXPECT_EQ(write(far.get(), "one ", 4), 4);
  EXPECT_EQ(write(far.get(), "two", 3), 3);
  far.Close();
  const std::string path = "/proc/self/fd/" + std::to_string(near.get());
  EXPECT_EQ(ReadFile(path.c_str()).value, "one two");
}

TEST(ReadFile, LeavesNothingOpen) {
  const int before = dup(STDIN_FILENO);
  close(before);
  (void)ReadFile("/proc/self/status");
  (void)ReadFile("/proc/self");
  const int after = dup(STDIN_FILENO);
  close(after);
  EXPECT_EQ(after, before);
}

TEST(ReadStatus, RefusesAFileThatIsTooLargeToBeReadToTheChains) {
  // A user can be in very many groups.
  std::string groups = "Groups:\t";
  while (groups.size() < kFileTextCapacity) groups += "65534 ";
  const MemoryFile file(With(kStatus, "Groups:\t27 65534 ", groups));
  EXPECT_NE(ReadStatus(file.path().c_str()).err, 0);
}

TEST(SelfIn, IsTheCaller) {
  EXPECT_EQ(SelfIn("/proc").value, getpid());
  EXPECT_EQ(SelfIn("/dev").err, ENOENT);
}

TEST(ReadLink, SaysThatATargetWasTooLong) {
  const std::string path = ::testing::TempDir() + "/procfs_test_link";
  for (const size_t size : {256u, 257u, 1000u}) {
    unlink(path.c_str());
    const std::string target(size, 'x');
    ASSERT_EQ(symlink(target.c_str(), path.c_str()), 0);
    const Sys<Text<256>> read = ReadLink(path.c_str());
    unlink(path.c_str());
    ASSERT_EQ(read.err, 0);
    EXPECT_EQ(read.value, target.substr(0, 256));
    EXPECT_EQ(read.value.truncated(), size > 256) << size;
  }
}

TEST(OneLine, IsWhatTheWholeFileSays) {
  const ProcessStatus own = OwnStatus().value;
  EXPECT_EQ(own.pid, getpid());
  EXPECT_EQ(NameOf(getpid()).value, own.name);
  EXPECT_EQ(StateOf(getpid()).value, kRunning);
  EXPECT_EQ(PPidOf(getpid()).value, getppid());
  EXPECT_EQ(NSpidOf(getpid()).value, own.ns_pid);
  EXPECT_EQ(NSpidOf(-1).err, ENOENT);
}

TEST(ClimbFrom, LeadsToAProcessWithoutAParentHere) {
  const PidChain climbed = ClimbFrom(getpid()).value;
  ASSERT_GE(climbed.size(), 2U);
  EXPECT_EQ(climbed[0], getpid());
  EXPECT_EQ(climbed[1], getppid());
  EXPECT_EQ(PPidOf(climbed.innermost()).value, 0);
  EXPECT_EQ(ClimbFrom(-1).err, ENOENT);
}

TEST(LeadsTo, ComparesNamespaces) {
  const NamespaceId own = ReadNamespace("/proc/self/ns/pid").value;
  const NamespaceId mounts = ReadNamespace("/proc/self/ns/mnt").value;
  EXPECT_TRUE(LeadsTo("/proc/self/ns/pid", own).value);
  EXPECT_FALSE(LeadsTo("/proc/self/ns/pid", mounts).value);
  EXPECT_EQ(LeadsTo("/proc/self/ns/none", own).err, ENOENT);
}

}  // namespace
}  // namespace pidlab
