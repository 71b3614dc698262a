// The apparatus is tested by sabotage: broken experiments, each of which has to
// get the verdict that is due to it, with the step where it happened, and
// without leaving anything behind.

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <random>

#include "gmock/gmock.h"
#include "lib/linux/clone.h"
#include "lib/linux/procfs.h"
#include "lib/linux/socket.h"
#include "lib/trial/agent.h"
#include "lib/trial/experiment.h"
#include "lib/trial/wire.h"

namespace pidlab {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::StartsWith;

Experiment Made(void (*run)(Trial& trial), ExperimentInfo info = {}) {
  return {"Sabotage", "lib/trial/sabotage_test.cc", __LINE__, std::move(info),
          run};
}

// With little patience, for what hangs.
RunOptions Impatient() {
  RunOptions options;
  options.chamber.patience = std::chrono::milliseconds(300);
  return options;
}

Record Tried(void (*run)(Trial& trial), const RunOptions& options = {}) {
  return RunExperiment(Made(run), options);
}

// This machine may not let anybody make a PID namespace: then there is nothing
// to sabotage.
bool CanRun() {
  return Tried([](Trial& trial) {
           trial.Step("Try");
           trial.Expect(ON(trial.Host(), getpid()), Eq(2));
         }).verdict != Verdict::kSkip;
}

class Sabotage : public ::testing::Test {
 protected:
  void SetUp() override {
    // Whatever outlives a runner becomes a child of this process.
    ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    if (!CanRun()) GTEST_SKIP() << "no PID namespace can be made here";
  }

  // Nothing is left behind.
  void TearDown() override {
    siginfo_t info{};
    EXPECT_EQ(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL), -1)
        << "left behind: PID " << info.si_pid;
    EXPECT_EQ(errno, ECHILD);
  }
};

TEST_F(Sabotage, AnHonestExperimentPasses) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Ask");
    trial.Expect(ON(trial.Host(), getpid()), Eq(2));
  });
  EXPECT_EQ(record.verdict, Verdict::kPass) << record.reason;
  ASSERT_THAT(record.steps, SizeIs(1));
  ASSERT_THAT(record.steps[0].entries, SizeIs(1));
  EXPECT_EQ(record.steps[0].entries[0].process, "host");
  EXPECT_EQ(record.steps[0].entries[0].text, "getpid()");
  EXPECT_EQ(record.steps[0].entries[0].observed, "2");
}

TEST_F(Sabotage, AWrongValueFails) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Ask");
    trial.Expect(ON(trial.Host(), getpid()), Eq(3));
    trial.Step("Ask again");
    trial.Expect(ON(trial.Host(), getpid()), Eq(2));
  });
  EXPECT_EQ(record.verdict, Verdict::kFail);
  ASSERT_THAT(record.steps, SizeIs(2)) << "the experiment goes on";
  const Entry& entry = record.steps[0].entries[0];
  EXPECT_FALSE(entry.ok);
  EXPECT_EQ(entry.expected, "3");
  EXPECT_EQ(entry.observed, "2");
  EXPECT_THAT(entry.where, StartsWith("lib/trial/sabotage_test.cc:"));
}

TEST_F(Sabotage, AWrongErrnoFails) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Close nothing");
    trial.Expect(ON(trial.Host(), close(-1)), Fails{EINVAL});
  });
  EXPECT_EQ(record.verdict, Verdict::kFail);
  EXPECT_EQ(record.steps[0].entries[0].expected, "fails with EINVAL");
  EXPECT_EQ(record.steps[0].entries[0].observed,
            "fails with EBADF (Bad file descriptor)");
}

TEST_F(Sabotage, ASuccessThatShouldFailFails) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Clone");
    trial.Expect(trial.Host().TryClone(), Fails{ENOMEM});
  });
  EXPECT_EQ(record.verdict, Verdict::kFail);
  EXPECT_EQ(record.steps[0].entries[0].observed, "3");
}

TEST_F(Sabotage, AFailureThatShouldSucceedFails) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Close nothing");
    trial.Expect(ON(trial.Host(), close(-1)), Eq(-1));
    trial.Expect(ON(trial.Host(), close(-1)), Succeeds{});
  });
  EXPECT_EQ(record.verdict, Verdict::kFail);
  EXPECT_FALSE(record.steps[0].entries[0].ok) << "a failure has no value";
  EXPECT_FALSE(record.steps[0].entries[1].ok);
}

TEST_F(Sabotage, AFailedPreparationIsAnError) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Prepare");
    trial.Must(ON(trial.Host(), close(-1)));
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("close(-1) on host -> EBADF"));
}

TEST_F(Sabotage, WhatGoesWrongFirstDecides) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Fail");
    trial.Expect(ON(trial.Host(), getpid()), Eq(3));
    trial.Must(ON(trial.Host(), close(-1)));
  });
  EXPECT_EQ(record.verdict, Verdict::kFail);
}

TEST_F(Sabotage, AHangIsAnError) {
  const Record record = Tried(
      [](Trial& trial) {
        const Process init = trial.Host().Clone("init", CLONE_NEWPID);
        trial.Step("Wait for nobody");
        trial.Expect(ON(init, pause()), Eq(0));
      },
      Impatient());
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_EQ(record.reason, "init did not answer to pause() within 300 ms");
  EXPECT_EQ(record.steps.back().title, "Wait for nobody");
}

TEST_F(Sabotage, AStoppedProcessIsAnError) {
  const Record record = Tried(
      [](Trial& trial) {
        const Process host = trial.Host();
        const Process member = host.Clone("member");
        trial.Step("Ask a stopped process");
        const pid_t pid = member.PidIn(host);
        trial.Must(ON(host, kill(pid, SIGSTOP)));
        trial.Expect(ON(member, getppid()), Eq(2));
      },
      Impatient());
  EXPECT_EQ(record.verdict, Verdict::kError);
}

// The deadlock of kernel/pid_namespace.c zap_pid_ns_processes(): init waits for
// a zombie that only the host can reap, and the host waits for init.
TEST_F(Sabotage, ADeadlockInTheKernelIsAnError) {
  const Record record = Tried(
      [](Trial& trial) {
        const Process host = trial.Host();
        const Process init = host.Clone("init", CLONE_NEWPID);
        const pid_t pid = init.PidIn(host);
        trial.Must(ON(host, setns(PidfdOpen(pid).value, CLONE_NEWPID)));
        host.Clone("guest");
        trial.Step("Reap init before its guest");
        init.Exit(0);
        trial.Expect(host.Reap(init), Eq(Exited(0)));
      },
      Impatient());
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("waitid(init)"));
}

TEST_F(Sabotage, ACrashIsAnErrorThatNamesTheSignal) {
  const Record record = Tried([](Trial& trial) {
    const Process member = trial.Host().Clone("member");
    trial.Step("Crash");
    trial.Expect(ON(member, kill(getpid(), SIGSEGV)), Eq(0));
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_EQ(record.reason,
            "member was killed by SIGSEGV instead of answering to "
            "kill(getpid(), SIGSEGV)");
}

// The experiment itself did nothing wrong: somebody ended its process.
TEST_F(Sabotage, ADeathThatNobodyExpectedFails) {
  const Record record = Tried([](Trial& trial) {
    const Process member = trial.Host().Clone("member");
    trial.Step("Kill it");
    trial.Expect(ON(member, kill(getpid(), SIGKILL)), Eq(0));
  });
  EXPECT_EQ(record.verdict, Verdict::kFail);
  EXPECT_THAT(record.reason, StartsWith("member was killed by SIGKILL"));
}

TEST_F(Sabotage, AskingTheDeadIsAnError) {
  const Record record = Tried([](Trial& trial) {
    const Process member = trial.Host().Clone("member");
    trial.Step("Ask the dead");
    member.Exit(0);
    trial.Expect(ON(member, getpid()), Eq(3));
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("member is not driven any more"));
}

TEST_F(Sabotage, AHiddenForkIsAnError) {
  const Record record = Tried([](Trial& trial) {
    const Process member = trial.Host().Clone("member");
    trial.Step("Fork where it is forbidden");
    trial.Expect(ON(member, fork()), Succeeds{});
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("a hidden fork"));
}

// Forks where nobody sees it: the copy never comes back.
int ForkAndForget() {
  const Sys<pid_t> copy = Clone3(0);
  if (copy.ok() && copy.value == 0) {
    prctl(PR_SET_NAME, "forgotten");
    close(3);
    pause();
    _exit(0);
  }
  return copy.value;
}

TEST_F(Sabotage, AProcessLeftBehindIsAnErrorThatNamesIt) {
  const Record record = Tried(
      [](Trial& trial) {
        trial.Step("Forget a process");
        trial.Expect(ON(trial.Host(), ForkAndForget()), Succeeds{});
      },
      Impatient());
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason,
              AllOf(HasSubstr("left behind"), HasSubstr("forgotten (PID 3")));
}

TEST_F(Sabotage, ADescriptorLeftOpenIsAnError) {
  static int leaked;
  const Record record = Tried([](Trial& trial) {
    trial.Step("Open and forget");
    leaked = open("/dev/null", O_RDONLY | O_CLOEXEC);
    trial.Expect(ON(trial.Host(), getpid()), Eq(2));
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_EQ(record.reason,
            "it left descriptors open: " + std::to_string(leaked));
  close(leaked);
}

TEST_F(Sabotage, AnObservationThatIsTooLargeIsAnError) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Say more than fits");
    trial.Expect(ON(trial.Host(), Text<8>("123456789")), Eq("12345678"));
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("the observation is too large"));
}

TEST_F(Sabotage, AProgramThatPrintsWithoutEndIsAnError) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Listen to yes(1)");
    trial.Expect(trial.Host().Command({"yes"}), Succeeds{});
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("the observation is too large"));
}

TEST_F(Sabotage, AProgramThatIsNotThereIsAnError) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Become nothing");
    trial.Expect(trial.Host().Command({"/nonexistent/program"}), Succeeds{});
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("ENOENT"));
}

TEST_F(Sabotage, AStepWithoutAnExpectationIsAnError) {
  const Record record = Tried([](Trial& trial) {
    trial.Step("Do nothing");
    trial.Step("Ask");
    trial.Expect(ON(trial.Host(), getpid()), Eq(2));
  });
  EXPECT_EQ(record.verdict, Verdict::kError);
  EXPECT_THAT(record.reason, HasSubstr("\"Do nothing\" expects nothing"));
}

TEST_F(Sabotage, AnExperimentWithoutStepsIsAnError) {
  EXPECT_EQ(Tried([](Trial&) {}).verdict, Verdict::kError);
}

TEST_F(Sabotage, WhatIsMissingIsASkip) {
  const Record record = RunExperiment(
      Made([](Trial&) {}, {.claim = "",
                           .verifies = {},
                           .sources = {},
                           .needs = {Tool("no-such-program", "no-package")}}),
      {});
  EXPECT_EQ(record.verdict, Verdict::kSkip);
  ASSERT_TRUE(record.skip);
  EXPECT_EQ(record.skip->code, Skip::Code::kToolMissing);
  EXPECT_EQ(record.skip->to_run, "apt-get install no-package");
}

// A process that prints into the runner's output by mistake is not heard.
TEST_F(Sabotage, StrayOutputGoesNowhere) {
  ::testing::internal::CaptureStdout();
  const Record record = Tried([](Trial& trial) {
    trial.Step("Print");
    trial.Expect(ON(trial.Host(), write(STDOUT_FILENO, "stray", 5)), Eq(5));
  });
  EXPECT_EQ(record.verdict, Verdict::kPass);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

// Of a child that has ended: CLD_KILLED, or CLD_DUMPED with a core.
int HowItEnded(pid_t child) {
  siginfo_t info{};
  const int result =
      waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG);
  return result == 0 ? info.si_code : -1;
}

rlim_t CoreLimit() {
  rlimit core{};
  getrlimit(RLIMIT_CORE, &core);
  return core.rlim_max;
}

TEST_F(Sabotage, ACrashLeavesNoCore) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_CORE, &before), 0);
  const rlimit generous = {before.rlim_max, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_CORE, &generous), 0);
  const Record record = Tried([](Trial& trial) {
    const Process host = trial.Host();
    const Process crashing = host.Clone("crashing");
    const pid_t pid = crashing.PidIn(host);
    trial.Step("Look at its limit: more than 1 may be too much");
    trial.Expect(ON(crashing, CoreLimit()), Le(rlim_t{1}));
    trial.Step("Let it crash");
    ON(crashing, raise(SIGSEGV)).Start();
    crashing.AwaitDeath();
    trial.Expect(ON(host, HowItEnded(pid)), Eq(CLD_KILLED));
  });
  EXPECT_EQ(record.verdict, Verdict::kPass)
      << record.steps.back().entries.back().observed;
  setrlimit(RLIMIT_CORE, &before);
}

// Inherited signal dispositions would change what is observed.
TEST_F(Sabotage, InheritedSignalsAreForgotten) {
  signal(SIGUSR1, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  const Record record = Tried([](Trial& trial) {
    const Process member = trial.Host().Clone("member");
    trial.Step("Look");
    const auto status = trial.Must(ON(member, ReadStatus("/proc/self/status")));
    const SignalSet ignored = status.ignored;
    const SignalSet blocked = status.blocked;
    trial.Expect(ON(member, ignored), Eq(SignalSet{}));
    trial.Expect(ON(member, blocked), Eq(SignalSet{}));
  });
  signal(SIGUSR1, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
  EXPECT_EQ(record.verdict, Verdict::kPass)
      << record.steps[0].entries[0].observed;
}

// Runs `body` in a forked copy of this process.
Fd Forked(const std::function<void()>& body) {
  int pidfd = -1;
  const Sys<pid_t> pid = Clone3(0, &pidfd);
  if (pid.ok() && pid.value == 0) {
    body();
    _exit(0);
  }
  return Fd(pidfd);
}

// Waits until this process, which is a subreaper, has no child any more.
bool EverybodyIsGone() {
  const Deadline deadline = Deadline::In(std::chrono::seconds(10));
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, nullptr);
  for (;;) {
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL) != 0) {
      return errno == ECHILD;
    }
    if (info.si_pid != 0) continue;
    if (deadline.Passed()) return false;
    const timespec timeout = {.tv_sec = 1, .tv_nsec = 0};
    sigtimedwait(&child, nullptr, &timeout);
  }
}

int told_when_waiting = -1;

TEST_F(Sabotage, NothingOutlivesARunnerThatIsKilledInTheMiddle) {
  SocketPair wire = MakeSocketPair().value;
  told_when_waiting = wire.far.get();
  const Fd runner = Forked([] {
    (void)Tried([](Trial& trial) {
      const Process init = trial.Host().Clone("init", CLONE_NEWPID);
      const Process nested = init.Clone("nested-init", CLONE_NEWPID);
      trial.Step("Wait for the end");
      const char here = '!';
      (void)!write(told_when_waiting, &here, 1);
      trial.Expect(ON(nested, pause()), Eq(0));
    });
  });
  wire.far.Close();
  ASSERT_TRUE(
      WaitReadable(wire.near.get(), Deadline::In(std::chrono::seconds(10))));
  ASSERT_TRUE(PidfdSendSignal(runner.get(), SIGKILL).ok());
  EXPECT_TRUE(EverybodyIsGone());
}

// A warden is a copy of its runner, and so has both ends of its own wire. It
// must not be its own reason to wait.
TEST_F(Sabotage, NothingOutlivesARunnerThatIsKilledBeforeItHasAskedAnything) {
  const Fd runner = Forked([] {
    // In use, so that the warden's own descriptor replaces no end of the wire.
    const Fd other(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kControlFd));
    const SocketPair wire = MakeSocketPair().value;
    const Sys<pid_t> warden = Clone3(0);
    if (warden.ok() && warden.value == 0) BecomeAgent(wire.far.get());
    kill(getpid(), SIGKILL);
  });
  EXPECT_TRUE(EverybodyIsGone());
}

// The moment is chosen by chance, from before the chamber stands to after it is
// gone.
TEST_F(Sabotage, NothingOutlivesARunnerThatIsKilledAtAnyMoment) {
  std::mt19937 random(4711);  // NOLINT: the same moments in every run
  for (int round = 0; round < 100; ++round) {
    const Fd runner = Forked([] {
      for (;;) {
        (void)Tried([](Trial& trial) {
          const Process init = trial.Host().Clone("init", CLONE_NEWPID);
          trial.Step("Ask");
          trial.Expect(ON(init, getpid()), Eq(1));
        });
      }
    });
    const timespec moment = {
        .tv_sec = 0, .tv_nsec = static_cast<long>(random() % 8'000'000)};
    ppoll(nullptr, 0, &moment, nullptr);
    ASSERT_TRUE(PidfdSendSignal(runner.get(), SIGKILL).ok());
    ASSERT_TRUE(EverybodyIsGone()) << "in round " << round;
  }
}

// Gives up every capability, in a place where no user namespace may be made
// either: user_namespaces(7) refuses it to a process in a chroot.
void GiveUpPrivilege() {
  if (chroot("/usr") != 0 &&
      (unshare(CLONE_NEWUSER) != 0 || chroot("/usr") != 0)) {
    _exit(77);
  }
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) _exit(78);
}

void AskHonestly(Trial& trial) {
  trial.Step("Ask");
  trial.Expect(ON(trial.Host(), getpid()), Eq(2));
}

void ExpectWhatIsWrong(Trial& trial) {
  trial.Step("Ask");
  trial.Expect(ON(trial.Host(), getpid()), Eq(3));
}

// Tries an experiment where `confine` has left the process. What came of it:
// the verdict, and of a SKIP its code and what was probed.
std::string VerdictWhere(const std::function<void()>& confine,
                         void (*run)(Trial& trial) = AskHonestly) {
  Sys<SocketPair> wire = MakeSocketPair();
  const Fd runner = Forked([&] {
    confine();
    const Record record = Tried(run);
    std::string told = VerdictName(record.verdict);
    if (record.skip && !record.skip->needs.empty() &&
        !record.skip->to_run.empty()) {
      told += " " + std::string(SkipCodeName(record.skip->code)) + ": " +
              record.skip->probed;
    }
    (void)SendDatagram(wire.value.far.get(), std::as_bytes(std::span(told)));
    _exit(0);
  });
  wire.value.far.Close();
  char told[512] = {};
  (void)ReceiveDatagram(wire.value.near.get(),
                        std::as_writable_bytes(std::span(told)));
  siginfo_t info{};
  waitid(P_PIDFD, static_cast<id_t>(runner.get()), &info, WEXITED);
  return told;
}

TEST_F(Sabotage, NoPrivilegeIsASkipThatSaysWhatWasProbed) {
  EXPECT_THAT(VerdictWhere(GiveUpPrivilege),
              AllOf(StartsWith("SKIP NO_PRIVILEGE: "), HasSubstr("EPERM")));
}

// Into the root of a new mount namespace's own, in which "/" is a directory
// like any other.
void EnterAPlainDirectory() {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWNS) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) _exit(76);
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
    std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
      mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) || mkdir("/tmp/root", 0700) ||
      mkdir("/tmp/root/proc", 0700) ||
      mount("/proc", "/tmp/root/proc", nullptr, MS_BIND | MS_REC, nullptr) ||
      chroot("/tmp/root")) {
    _exit(77);
  }
}

TEST_F(Sabotage, ARootThatIsNoMountPointIsASkip) {
  EXPECT_EQ(VerdictWhere(EnterAPlainDirectory),
            "SKIP SANDBOXED: mount(MS_REC|MS_PRIVATE) on / -> EINVAL");
}

// Both limits of this process, and of all that descends from it.
std::function<void()> HaveOnly(rlim_t number, __rlimit_resource resource) {
  return [=] {
    const rlimit limit = {number, number};
    if (setrlimit(resource, &limit) != 0) _exit(77);
  };
}

// Where something has run out, a limit may have answered and not the kernel's
// rule: nothing is known. A limit that is not reached is no excuse.
TEST_F(Sabotage, AFailureIsOneUnlessThePlaceHasRunOutOfSomething) {
  const std::string tried = "tried it after the experiment had failed -> ";
  EXPECT_EQ(VerdictWhere(HaveOnly(20, RLIMIT_NOFILE), ExpectWhatIsWrong),
            "SKIP RESOURCE: " + tried + "EMFILE (Too many open files)");
  EXPECT_EQ(
      VerdictWhere(HaveOnly(0, RLIMIT_SIGPENDING), ExpectWhatIsWrong),
      "SKIP RESOURCE: " + tried + "EAGAIN (Resource temporarily unavailable)");
  EXPECT_EQ(VerdictWhere(HaveOnly(200, RLIMIT_NOFILE), ExpectWhatIsWrong),
            "FAIL");
  EXPECT_EQ(VerdictWhere(HaveOnly(200, RLIMIT_SIGPENDING), ExpectWhatIsWrong),
            "FAIL");
}

// It can be carried out, and says so.
TEST_F(Sabotage, AShortageIsNoReasonToSkipWhatHolds) {
  EXPECT_EQ(VerdictWhere(HaveOnly(20, RLIMIT_NOFILE)), "PASS");
  EXPECT_EQ(VerdictWhere(HaveOnly(0, RLIMIT_SIGPENDING)), "PASS");
}

// Nothing of the machine changes, and nothing stays open.
TEST_F(Sabotage, TheMachineIsAsItWasBefore) {
  const auto mounts = ReadFile("/proc/self/mountinfo");
  const auto fresh = ReadNamespace("/proc/self/ns/mnt").value;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(Tried([](Trial& trial) {
                const Process init =
                    trial.Host().Clone("init", CLONE_NEWPID | CLONE_NEWNS);
                trial.Step("Ask");
                trial.Expect(ON(init, getpid()), Eq(1));
              }).verdict,
              Verdict::kPass);
  }
  EXPECT_EQ(ReadFile("/proc/self/mountinfo").value, mounts.value);
  EXPECT_EQ(ReadNamespace("/proc/self/ns/mnt").value, fresh);
}

}  // namespace
}  // namespace pidlab
