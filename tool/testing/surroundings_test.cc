// Whatever pidlab is started from, an experiment observes the same. Each row of
// the table is a hostile surrounding. In each, a witness tells what a trial's
// processes have inherited; and the whole catalogue is verified in one of each
// kind at the same time. Both must be word for word what they are without them.

#include "lib/trial/surroundings.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>  // SCHED_DEADLINE; after <sched.h>
#include <linux/securebits.h>
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/signals.h"
#include "lib/trial/experiment.h"

namespace pidlab {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// pidlab: its path, and a descriptor, by which it is started, wherever the
// working directory is and whoever the user. `enter` may change it.
std::string program_path;
int program = -1;

struct Surrounding {
  std::string name;
  // Puts the calling process there. 0, or an errno: it cannot be had here.
  std::function<int()> enter;
};

int ErrnoOf(long result) { return result < 0 ? errno : 0; }

// The first errno of several.
int FirstOf(std::initializer_list<int> errors) {
  for (const int err : errors) {
    if (err != 0) return err;
  }
  return 0;
}

// Into a new folder.
int EnterFolder(std::string* path) {
  *path = ::testing::TempDir() + "/surroundings.XXXXXX";
  if (mkdtemp(path->data()) == nullptr) return errno;
  return ErrnoOf(chdir(path->c_str()));
}

int EnterDeletedFolder() {
  std::string folder;
  const int err = EnterFolder(&folder);
  return err != 0 ? err : ErrnoOf(rmdir(folder.c_str()));
}

int EnterUnreadableFolder() {
  const int err = EnterDeletedFolder();
  return err != 0 ? err : ErrnoOf(chmod(".", 0));
}

// Too long a path for getcwd(2). Each part is deleted once the next is entered,
// but for the last, which would be a deleted folder again: so the whole is left
// to whoever clears the test's folder.
int EnterDeepFolder() {
  const std::string name(250, 'x');
  std::string folder;
  int err = EnterFolder(&folder);
  for (int depth = 0; depth < 20 && err == 0; ++depth) {
    err = ErrnoOf(mkdir(name.c_str(), 0755));
    if (err == 0) err = ErrnoOf(chdir(name.c_str()));
  }
  return err;
}

// What shells, the dynamic loader, locales and ps(1) look for.
int SetEnvironment() {
  const std::map<std::string, const char*> variables = {
      {"PATH", "/nonexistent"},
      {"HOME", "/"},
      {"TERM", "no-such-terminal"},
      {"SHELL", "/bin/false"},
      {"ENV", "/etc/passwd"},
      {"BASH_ENV", "/etc/passwd"},
      {"SHELLOPTS", "xtrace:nounset"},
      {"BASHOPTS", "extdebug"},
      {"BASH_FUNC_kill%%", "() { echo no; }"},
      {"PS4", "!"},
      {"IFS", "1"},
      {"CDPATH", "/"},
      {"TMOUT", "1"},
      {"POSIXLY_CORRECT", "1"},
      {"LD_PRELOAD", "/nonexistent.so"},
      {"LD_DEBUG", "all"},
      {"GLIBC_TUNABLES", "glibc.malloc.check=3"},
      {"MALLOC_PERTURB_", "7"},
      {"LC_ALL", "zh_CN.UTF-8"},
      {"LANGUAGE", "zh"},
      {"TZ", "Asia/Shanghai"},
      {"COLUMNS", "20"},
      {"PS_FORMAT", "comm"},
      {"PS_PERSONALITY", "bsd"},
      {"TMPDIR", "/nonexistent"},
  };
  for (const auto& [name, value] : variables) {
    setenv(name.c_str(), value, 1);
  }
  return 0;
}

int SetSoftLimit(__rlimit_resource resource, rlim_t soft) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0) return errno;
  limit.rlim_cur = std::min(soft, limit.rlim_max);
  return ErrnoOf(setrlimit(resource, &limit));
}

int SetHardLimit(__rlimit_resource resource, rlim_t both) {
  const rlimit limit = {both, both};
  return ErrnoOf(setrlimit(resource, &limit));
}

// As low as the program itself can be started with.
int LowerSoftLimits() {
  return FirstOf(
      {SetSoftLimit(RLIMIT_NOFILE, 10), SetSoftLimit(RLIMIT_FSIZE, 100),
       SetSoftLimit(RLIMIT_CPU, 5), SetSoftLimit(RLIMIT_CORE, 0),
       SetSoftLimit(RLIMIT_STACK, rlim_t{128} << 10),
       SetSoftLimit(RLIMIT_DATA, rlim_t{2} << 20),
       SetSoftLimit(RLIMIT_AS, rlim_t{64} << 20), SetSoftLimit(RLIMIT_RSS, 0),
       SetSoftLimit(RLIMIT_MEMLOCK, 0), SetSoftLimit(RLIMIT_NPROC, 0),
       SetSoftLimit(RLIMIT_LOCKS, 0), SetSoftLimit(RLIMIT_SIGPENDING, 0),
       SetSoftLimit(RLIMIT_MSGQUEUE, 0), SetSoftLimit(RLIMIT_NICE, 0),
       SetSoftLimit(RLIMIT_RTPRIO, 0), SetSoftLimit(RLIMIT_RTTIME, 1000)});
}

// glibc's signal() refuses 32 and 33.
void SetDispositions(void (*disposition)(int)) {
  struct {
    void (*handler)(int);
    unsigned long flags = 0;
    void (*restorer)() = nullptr;
    uint64_t mask = 0;
  } action{disposition};
  for (int signal = 1; signal <= kSignals; ++signal) {
    syscall(SYS_rt_sigaction, signal, &action, nullptr, sizeof(action.mask));
  }
}

int IgnoreEverySignal() {
  SetDispositions(SIG_IGN);
  return 0;
}

int IgnoreChildren() { return Ignore(SIGCHLD); }

// And some of them are pending.
int BlockSignals() {
  const uint64_t all = ~uint64_t{0};
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, nullptr, sizeof(all));
  for (const int signal : {SIGUSR1, SIGCHLD, SIGCONT, SIGRTMIN, SIGRTMAX}) {
    kill(getpid(), signal);
  }
  return 0;
}

// They survive execve(2). An ignored signal interrupts nothing.
int StartTimers() {
  const itimerval often = {{0, 1000}, {0, 1000}};
  const itimerval late = {{0, 0}, {1000, 0}};
  return FirstOf({Ignore(SIGALRM),
                  ErrnoOf(setitimer(ITIMER_REAL, &often, nullptr)),
                  ErrnoOf(setitimer(ITIMER_PROF, &late, nullptr)),
                  ErrnoOf(setitimer(ITIMER_VIRTUAL, &late, nullptr))});
}

// Every timeout ends when it likes.
int BeLate() {
  return ErrnoOf(prctl(PR_SET_TIMERSLACK, 100'000'000'000UL, 0, 0, 0));
}

int SetPolicy(int policy, int priority) {
  const sched_param param = {.sched_priority = priority};
  return ErrnoOf(sched_setscheduler(0, policy, &param));
}

// With the one CPU that all of them share.
int BeFirstInFirstOut() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(sched_getcpu()), &one);
  const int err = SetPolicy(SCHED_FIFO, 1);
  return err != 0 ? err : ErrnoOf(sched_setaffinity(0, sizeof(one), &one));
}

int HaveADeadline() {
  constexpr uint64_t kMilliseconds = 1'000'000;
  const struct {
    uint32_t size = 48;
    uint32_t policy = SCHED_DEADLINE;
    uint64_t flags = 0;
    int32_t nice = 0;
    uint32_t priority = 0;
    uint64_t runtime = 20 * kMilliseconds;
    uint64_t deadline = 30 * kMilliseconds;
    uint64_t period = 30 * kMilliseconds;
  } attributes;
  return ErrnoOf(syscall(SYS_sched_setattr, 0, &attributes, 0));
}

int BeABatchJob() { return SetPolicy(SCHED_BATCH | SCHED_RESET_ON_FORK, 0); }

// Among them number 3, where a driven process has its wire.
int LeaveDescriptorsOpen() {
  for (int i = 0; i < 200; ++i) {
    int ends[2];
    if (pipe(ends) != 0) return errno;
  }
  return 0;
}

// The output of the program is the test's.
int SpoilStandardStreams() {
  close(STDIN_FILENO);
  const int full = open("/dev/full", O_WRONLY);
  if (full != STDIN_FILENO) return full < 0 ? errno : EINVAL;
  return ErrnoOf(dup2(full, STDERR_FILENO));
}

// The leader of a session with a terminal. Whoever has the other end lives as
// long as the caller.
int LeadASession() {
  int master = -1;
  int terminal = -1;
  if (openpty(&master, &terminal, nullptr, nullptr, nullptr) != 0) return errno;
  if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0) return errno;
  dup2(terminal, STDIN_FILENO);
  close(terminal);
  return 0;
}

// A process group of such a session that is not in its foreground.
int BeInTheBackground() {
  const int err = LeadASession();
  if (err != 0) return err;
  const pid_t job = fork();
  if (job == 0) return ErrnoOf(setpgid(0, 0));
  signal(SIGHUP, SIG_IGN);  // the terminal goes with the job
  close_range(0, ~0U, 0);
  _exit(WaitFor(job).value.number);
}

int LiePersonality() {
  return ErrnoOf(personality(static_cast<unsigned long>(PER_LINUX32) |
                             static_cast<unsigned long>(UNAME26) |
                             ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT));
}

// As a set-user-ID and set-group-ID program has them.
int BeTwoUsers() {
  const gid_t groups[] = {1, 65534};
  return FirstOf({ErrnoOf(setgroups(2, groups)),
                  ErrnoOf(setresgid(1000, 1000, 0)),
                  ErrnoOf(setresuid(1000, 0, 0))});
}

int KeepCapabilitiesAlways() {
  return ErrnoOf(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
}

int KeepCapabilitiesForGood() {
  return ErrnoOf(prctl(PR_SET_SECUREBITS,
                       SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED));
}

// A program that may be executed, and not read, is not dumpable.
int MakeProgramUnreadable() {
  const std::string copy = ::testing::TempDir() + "/unreadable";
  std::error_code error;
  std::filesystem::copy_file(program_path, copy,
                             std::filesystem::copy_options::overwrite_existing,
                             error);
  if (error || chmod(copy.c_str(), 0111) != 0) return EPERM;
  const int fd = open(copy.c_str(), O_PATH | O_CLOEXEC);
  unlink(copy.c_str());
  if (fd < 0) return errno;
  program = fd;
  return ErrnoOf(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));  // for the witness
}

// An exec leaves a program the children of whoever called it.
int HaveChildren() {
  const pid_t alive = fork();
  if (alive == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_range(0, ~0U, 0);
    pause();
    _exit(0);
  }
  if (fork() == 0) _exit(3);  // and a zombie
  return ErrnoOf(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

// What is left as it is, and must not matter.
int HaveWhatStays() {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
  syscall(SYS_ioprio_set, 1, 0, 3 << 13);  // the idle class
  const Fd oom(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  (void)!write(oom.get(), "1000", 4);
  return ErrnoOf(setpriority(PRIO_PROCESS, 0, 1));
}

// By kind, in an order in which one of each can be entered: what forks comes
// first, and what takes permissions away comes last.
const std::vector<std::vector<Surrounding>> kKinds = {
    {{"StandardStreams", SpoilStandardStreams},
     {"Terminal", LeadASession},
     {"Background", BeInTheBackground}},
    {{"Children", HaveChildren}, {"WhatStays", HaveWhatStays}},
    {{"UnreadableProgram", MakeProgramUnreadable}},
    {{"DeletedFolder", EnterDeletedFolder},
     {"UnreadableFolder", EnterUnreadableFolder},
     {"DeepFolder", EnterDeepFolder}},
    {{"NoPermissionsForFiles", [] { return ErrnoOf(umask(0777)); }},
     {"EveryPermissionForFiles", [] { return ErrnoOf(umask(0)); }}},
    {{"Environment", SetEnvironment},
     {"NoEnvironment", [] { return clearenv(); }}},
    {{"OpenDescriptors", LeaveDescriptorsOpen},
     {"SoftLimits", LowerSoftLimits},
     {"NoLimits", [] { return SetSoftLimit(RLIMIT_STACK, RLIM_INFINITY); }}},
    {{"IgnoredSignals", IgnoreEverySignal},
     {"IgnoredChildren", IgnoreChildren},
     {"BlockedSignals", BlockSignals}},
    {{"Timers", StartTimers}, {"LateTimeouts", BeLate}},
    {{"Personality", LiePersonality}},
    {{"FirstInFirstOut", BeFirstInFirstOut},
     {"Deadline", HaveADeadline},
     {"BatchJob", BeABatchJob}},
    {{"TwoUsers", BeTwoUsers},
     {"Securebits", KeepCapabilitiesAlways},
     {"LockedSecurebits", KeepCapabilitiesForGood}},
};
std::vector<Surrounding> EachSurrounding() {
  std::vector<Surrounding> all;
  for (const auto& kind : kKinds) {
    all.insert(all.end(), kind.begin(), kind.end());
  }
  return all;
}

// An ordinary user, for whom limits of processes count, and who has no other
// process.
int BeOrdinary() {
  constexpr uid_t kNobodyElse = 64321;
  return FirstOf({ErrnoOf(setgroups(0, nullptr)),
                  ErrnoOf(setresgid(kNobodyElse, kNobodyElse, kNobodyElse)),
                  ErrnoOf(setresuid(kNobodyElse, kNobodyElse, kNobodyElse))});
}

int HaveProcesses(rlim_t number) {
  const int err = SetHardLimit(RLIMIT_NPROC, number);
  return err != 0 ? err : BeOrdinary();
}

// These cannot be undone.
const Surrounding kShortages[] = {
    {"Descriptors", [] { return SetHardLimit(RLIMIT_NOFILE, 20); }},
    {"QueuedSignals", [] { return SetHardLimit(RLIMIT_SIGPENDING, 0); }},
    {"MessageQueues", [] { return SetHardLimit(RLIMIT_MSGQUEUE, 0); }},
    {"TwelveProcesses", [] { return HaveProcesses(12); }},
    {"TwentyProcesses", [] { return HaveProcesses(20); }},
    {"ThirtySixProcesses", [] { return HaveProcesses(36); }},
};

std::ostream& operator<<(std::ostream& out, const Surrounding& surrounding) {
  return out << surrounding.name;
}

constexpr int kNotHere = 77;

// What `body` writes into the descriptor that it is given, in a copy of this
// process that is in the surrounding, and how that ended.
struct Told {
  std::string text;
  Ending ending;

  bool impossible() const { return ending == Exited(kNotHere); }
};

Told In(const Surrounding& surrounding, void (*body)(int output)) {
  Pipe pipe = MakePipe();
  const pid_t child = fork();
  if (child == 0) {
    // What it leaves becomes the test's child, and is waited for.
    const int err = surrounding.enter();
    if (err != 0) {
      const std::string why = strerrorname_np(err);
      (void)WriteAll(pipe.write.get(), why);
      _exit(kNotHere);
    }
    body(pipe.write.get());
    _exit(0);
  }
  pipe.write.Close();
  Told told{ReadAll(pipe.read.get()), WaitFor(child).value};
  return told;
}

// The time that it took, and the line that names the machine.
std::string WithoutTimes(const std::string& output) {
  static const std::regex times(" +[0-9.]+ s( |\n)");
  return std::regex_replace(output.substr(output.find('\n') + 1), times, "$1");
}

void VerifyWith(const std::string& jobs, int output) {
  dup2(output, STDOUT_FILENO);
  std::string words[] = {"pidlab", "verify", "--timeout-scale",
                         "6",      "--jobs", jobs};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(),
                       words[3].data(), words[4].data(), words[5].data(),
                       nullptr};
  char* none[] = {nullptr};
  fexecve(program, arguments, environ != nullptr ? environ : none);
  _exit(kNotExecuted);
}

void Verify(int output) { VerifyWith("2", output); }

// One at a time: what is left of a limit does not depend on another. A bash
// that cannot fork tries again for 15 s.
void VerifyOneByOne(int output) { VerifyWith("1", output); }

// The exit status is the last line.
std::string Verified(const Told& told) {
  return WithoutTimes(told.text) + ::testing::PrintToString(told.ending);
}

// Every line of it is something that a process of a trial inherits.
void Testify(Trial& trial) {
  const Process host = trial.Host();
  trial.Step("Look at the host");
  for (const char* file :
       {"status", "limits", "personality", "timerslack_ns"}) {
    trial.Expect(host.Printed({"cat", std::string("/proc/2/") + file}),
                 Succeeds{});
  }
  trial.Expect(host.Printed({"ls", "/proc/2/fd"}), Succeeds{});
  for (const char* link : {"cwd", "fd/0", "fd/1"}) {
    trial.Expect(host.Printed({"readlink", std::string("/proc/2/") + link}),
                 Succeeds{});
  }
  trial.Step("Look at a program");
  trial.Expect(host.Printed({"env"}), Succeeds{});
  trial.Expect(host.Printed({"ls", "/proc/self/fd"}), Succeeds{});
  // The process group, the session, the terminal, and the policy.
  trial.Expect(
      host.Printed({"cut", "-d", " ", "-f", "5-8,40,41", "/proc/self/stat"}),
      Succeeds{});
  trial.Expect(host.Printed({"sh", "-c", "pwd; umask; ulimit -S -n; uname -m"}),
               Succeeds{});
  trial.Expect(ON(host,
                  [] {
                    int is = -1;
                    prctl(PR_GET_CHILD_SUBREAPER, &is);
                    return is * 10 + prctl(PR_GET_DUMPABLE);
                  }()),
               Succeeds{});
}

// What a process has of its own, and what stays.
bool IsItsOwn(const std::string& line) {
  static const std::regex own(
      "(State|Vm|Rss|voluntary|nonvoluntary|Cpus|SigQ|NoNewPrivs|THP).*");
  return std::regex_match(line, own);
}

void Witness(int output) {
  ResetRunner();
  const Experiment experiment = {"Witness", "", 0, {}, Testify};
  const Record record = RunExperiment(experiment, {});
  std::string text = std::string(VerdictName(record.verdict)) + record.reason;
  for (const Step& step : record.steps) {
    for (const Entry& entry : step.entries) {
      text += "\n$ " + entry.text + '\n' + entry.observed;
    }
  }
  (void)WriteAll(output, text);
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(std::regex_replace(text, std::regex("\\\\n"), "\n"));
  for (std::string line; std::getline(in, line);) {
    if (!IsItsOwn(line)) lines.push_back(line);
  }
  return lines;
}

// An experiment that fails.
void Fail(int output) {
  ResetRunner();
  const Experiment experiment = {"Fail", "", 0, {}, [](Trial& trial) {
                                   trial.Step("Expect what is wrong");
                                   trial.Expect(ON(trial.Host(), getpid()),
                                                Eq(3));
                                 }};
  (void)WriteAll(output, VerdictName(RunExperiment(experiment, {}).verdict));
}

// An experiment that hangs.
void Hang(int output) {
  ResetRunner();
  alarm(20);  // it has no timer slack
  const Experiment experiment = {"Hang", "", 0, {}, [](Trial& trial) {
                                   trial.Step("Wait for nobody");
                                   trial.Expect(ON(trial.Host(), pause()),
                                                Eq(0));
                                 }};
  RunOptions options;
  options.chamber.patience = std::chrono::milliseconds(100);
  (void)WriteAll(output,
                 VerdictName(RunExperiment(experiment, options).verdict));
}

const Surrounding kNone = {"None", [] { return 0; }};

class SurroundingTest : public ::testing::TestWithParam<Surrounding> {
 protected:
  static void SetUpTestSuite() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

  // What it is without a hostile surrounding.
  static const Told& plain_witness() {
    static const Told witness = In(kNone, Witness);
    return witness;
  }
};

TEST_P(SurroundingTest, LeavesNoTraceInATrial) {
  const Told told = In(GetParam(), Witness);
  if (told.impossible()) GTEST_SKIP() << told.text;
  ASSERT_THAT(plain_witness().text,
              AnyOf(StartsWith("PASS"), StartsWith("SKIP")));
  EXPECT_THAT(Lines(told.text),
              ::testing::ElementsAreArray(Lines(plain_witness().text)));
}

INSTANTIATE_TEST_SUITE_P(All, SurroundingTest,
                         ::testing::ValuesIn(EachSurrounding()),
                         [](const auto& info) { return info.param.name; });

// One surrounding of each kind, as far as they can be had here. The next round
// has others, until each was there once.
std::vector<Surrounding> InRound(size_t round) {
  std::vector<Surrounding> possible;
  for (const auto& kind : kKinds) {
    const Surrounding& one = kind[round % kind.size()];
    if (!In(one, [](int) {}).impossible()) possible.push_back(one);
  }
  return possible;
}

TEST(Catalogue, HasTheSameVerdictsInOneOfEachKindAtATime) {
  const std::string plain = Verified(In(kNone, Verify));
  const size_t rounds =
      std::ranges::max(kKinds, {}, &std::vector<Surrounding>::size).size();
  for (size_t round = 0; round < rounds; ++round) {
    const std::vector<Surrounding> together = InRound(round);
    SCOPED_TRACE(::testing::PrintToString(together));
    const Told told = In({"Together",
                          [&] {
                            int err = 0;
                            for (const Surrounding& each : together) {
                              if (err == 0) err = each.enter();
                            }
                            return err;
                          }},
                         Verify);
    ASSERT_FALSE(told.impossible()) << told.text;
    EXPECT_EQ(Verified(told), plain);
  }
}

// To root it makes no difference who owns the files in /proc.
TEST(UnreadableProgram, DoesNotHinderAnOrdinaryUser) {
  const Surrounding surrounding = {"UnreadableProgram", [] {
                                     const int err = MakeProgramUnreadable();
                                     return err != 0 ? err : BeOrdinary();
                                   }};
  const Told told = In(surrounding, Witness);
  if (told.impossible()) GTEST_SKIP() << told.text;
  EXPECT_THAT(told.text, StartsWith("PASS"));
}

TEST(Timeouts, EndWhenTheyShould) {
  const Told told = In({"LateTimeouts", BeLate}, Hang);
  if (told.impossible()) GTEST_SKIP() << told.text;
  EXPECT_THAT(told.text, AnyOf("ERROR", "SKIP"));
  EXPECT_EQ(told.ending, Exited(0));
}

class ShortageTest : public ::testing::TestWithParam<Surrounding> {};

TEST_P(ShortageTest, IsASkipAtMost) {
  const Told told = In(GetParam(), VerifyOneByOne);
  if (told.impossible()) GTEST_SKIP() << told.text;
  EXPECT_THAT(told.ending, AnyOf(Exited(0), Exited(4))) << told.text;
  EXPECT_THAT(told.text, HasSubstr("RESOURCE"));
}

// sabotage_test.cc has the same for what root can run out of.
TEST(Processes, IfTheyAreFewAFailureIsASkip) {
  const Told few = In({"Few", [] { return HaveProcesses(20); }}, Fail);
  if (few.impossible()) GTEST_SKIP() << few.text;
  EXPECT_EQ(few.text, "SKIP");
  EXPECT_EQ(In({"Many", [] { return HaveProcesses(200); }}, Fail).text, "FAIL");
}

INSTANTIATE_TEST_SUITE_P(All, ShortageTest, ::testing::ValuesIn(kShortages),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  if (argc != 2) return 1;
  pidlab::program_path = std::filesystem::absolute(argv[1]);
  pidlab::program = open(pidlab::program_path.c_str(), O_RDONLY | O_CLOEXEC);
  return RUN_ALL_TESTS();
}
