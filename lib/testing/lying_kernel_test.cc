// Tests the lying kernel itself, lie by lie.

#include "lib/testing/lying_kernel.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

using ::testing::Eq;
using ::testing::Ne;

LieResult RunOnLyingKernel(const Experiment& experiment, Lie lie) {
  return RunOnLyingKernels({{&experiment, lie}}).front();
}

class LyingKernel : public ::testing::Test {
 protected:
  // Except for the first, these experiments fail on an honest kernel: PASS
  // means that this lie was told, and no other.
  static void ExpectLies(int number, Lie lie, void (*run)(Trial& trial)) {
    const LieResult result = RunOnLyingKernel(
        {"OfTheLiar", "lib/testing/lying_kernel_test.cc", 0, {}, run}, lie);
    if (!result.impossible.empty()) GTEST_SKIP() << result.impossible;
    EXPECT_EQ(result.verdict, Verdict::kPass) << result.noticed;
    EXPECT_EQ(result.lies, number);
  }
};

// In all of these the child exits with its PID, as it sees it itself.

Sys<Ending> AfterClone3(uint64_t flags) {
  const Sys<pid_t> child = Clone3(flags);
  if (child.ok() && child.value == 0) _exit(getpid());
  return child.ok() ? WaitFor(child.value) : Sys<Ending>::Failed(child.err);
}

Sys<Ending> AfterClone(uint64_t flags) {
  const auto child = static_cast<pid_t>(
      syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (child == 0) _exit(getpid());
  return child > 0 ? WaitFor(child) : Sys<Ending>::Failed(errno);
}

Sys<Ending> AfterUnshare(int flags) {
  return unshare(flags) == 0 ? AfterClone3(0) : Sys<Ending>::Failed(errno);
}

Sys<Ending> AfterSetns(pid_t pid) {
  const Sys<int> entered = CreateChildrenInNamespaceOf(pid);
  return entered.ok() ? AfterClone3(0) : Sys<Ending>::Failed(entered.err);
}

Observation<Ending> AfterProgram(const Process& process,
                                 std::vector<std::string> command) {
  command.insert(command.end(), {"sh", "-c", "exit $$"});
  const auto ran = process.Command(command);
  return {ran.process, ran.text, ran.value.ending, ran.err};
}

std::vector<std::string> Unshare() { return {"unshare", "--pid", "--fork"}; }

std::vector<std::string> Nsenter(pid_t pid) {
  return {"nsenter", "--target", std::to_string(pid), "--pid"};
}

Sys<NamespaceId> OwnMounts() { return ReadNamespace("/proc/self/ns/mnt"); }

Sys<int> SendThroughPidfd(pid_t pid, int signal) {
  const Sys<int> pidfd = PidfdOpen(pid);
  if (!pidfd.ok()) return pidfd;
  const Fd owned(pidfd.value);
  return PidfdSendSignal(owned.get(), signal);
}

TEST_F(LyingKernel, IsHonestIfAskedTo) {
  ExpectLies(0, Lie::kNone, [](Trial& trial) {
    const Process host = trial.Host();
    const Process entering = host.Clone("entering");
    const Process init = host.Clone("init", CLONE_NEWPID);
    const Process member = init.Clone("member");
    const pid_t init_pid = init.PidIn(host);
    trial.Step("Make the calls that pass the supervisor");
    trial.Expect(ON(host, AfterClone3(CLONE_NEWPID)), Eq(Exited(1)));
    trial.Expect(ON(host, AfterClone(CLONE_NEWPID)), Eq(Exited(1)));
    trial.Expect(AfterProgram(host, Unshare()), Eq(Exited(1)));
    trial.Expect(AfterProgram(host, Nsenter(init_pid)), Eq(Exited(3)));
    trial.Expect(ON(entering, AfterSetns(init_pid)), Eq(Exited(4)));
    trial.Expect(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 1)), Eq(0));
    trial.Expect(ON(member, kill(1, SIGKILL)), Eq(0));
    trial.Expect(ON(init, getpid()), Eq(1));
    trial.Expect(ON(host, kill(init_pid, SIGKILL)), Eq(0));
    trial.Expect(host.Reap(init), Eq(KilledBy(SIGKILL)));
  });
}

// The child exits with its PID.
Sys<Ending> AfterClone3As(pid_t pid) {
  clone_args args{};
  args.exit_signal = SIGCHLD;
  args.set_tid = reinterpret_cast<uintptr_t>(&pid);
  args.set_tid_size = 1;
  const auto child =
      static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof(args)));
  if (child == 0) _exit(getpid());
  return child > 0 ? WaitFor(child) : Sys<Ending>::Failed(errno);
}

// Checks which lies could have been told to this experiment, besides the one
// that prevents the chamber.
void ExpectPossible(const std::set<Lie>& lies, void (*run)(Trial& trial)) {
  const LieResult result = RunOnLyingKernel(
      {"OfTheLiar", "lib/testing/lying_kernel_test.cc", 0, {}, run},
      Lie::kNone);
  if (!result.impossible.empty()) GTEST_SKIP() << result.impossible;
  EXPECT_EQ(result.verdict, Verdict::kPass) << result.noticed;
  std::set<Lie> all = lies;
  all.insert(Lie::kNoPidNamespaces);
  EXPECT_EQ(result.possible, all);
}

TEST(PossibleLies, AreThoseWhoseCallsAreMade) {
  ExpectPossible({Lie::kOnlyTheChamber}, [](Trial& trial) {
    trial.Step("Make a namespace by clone3");
    trial.Expect(ON(trial.Host(), AfterClone3(CLONE_NEWPID)), Eq(Exited(1)));
  });
  ExpectPossible({Lie::kOnlyTheChamber}, [](Trial& trial) {
    trial.Step("Make a namespace by clone");
    trial.Expect(ON(trial.Host(), AfterClone(CLONE_NEWPID)), Eq(Exited(1)));
  });
  ExpectPossible({Lie::kOnlyTheChamber}, [](Trial& trial) {
    trial.Step("Make a namespace by unshare");
    trial.Expect(AfterProgram(trial.Host(), Unshare()), Eq(Exited(1)));
  });
  ExpectPossible({Lie::kNobodyEnters}, [](Trial& trial) {
    trial.Step("Enter by a pidfd");
    trial.Expect(ON(trial.Host(), CreateChildrenInNamespaceOf(2)), Eq(0));
  });
  ExpectPossible({Lie::kNobodyEnters}, [](Trial& trial) {
    trial.Step("Enter by a file below /proc/PID/ns");
    trial.Expect(AfterProgram(trial.Host(), Nsenter(2)), Eq(Exited(4)));
  });
  ExpectPossible(
      {Lie::kOnlyTheChamber, Lie::kPidOneIsMortal, Lie::kSignalsGoNowhere},
      [](Trial& trial) {
        const Process init = trial.Host().Clone("init", CLONE_NEWPID);
        const Process member = init.Clone("member");
        trial.Step("Send a signal to PID 1");
        trial.Expect(ON(member, kill(1, SIGKILL)), Eq(0));
        trial.Expect(ON(init, getpid()), Eq(1));
      });
  ExpectPossible({Lie::kSignalsGoNowhere}, [](Trial& trial) {
    const Process child = trial.Host().Clone("child");
    const pid_t pid = child.PidIn(trial.Host());
    trial.Step("Send a signal through a pidfd");
    trial.Expect(ON(trial.Host(), SendThroughPidfd(pid, SIGCONT)), Eq(0));
  });
  ExpectPossible({Lie::kNoSubreapers}, [](Trial& trial) {
    trial.Step("Become a subreaper");
    trial.Expect(ON(trial.Host(), prctl(PR_SET_CHILD_SUBREAPER, 1)), Eq(0));
  });
  ExpectPossible({Lie::kNoDeathSignals}, [](Trial& trial) {
    trial.Step("Ask for a death signal");
    trial.Expect(ON(trial.Host(), prctl(PR_SET_PDEATHSIG, SIGKILL)), Eq(0));
  });
  ExpectPossible({Lie::kProcStaysOld}, [](Trial& trial) {
    const Process init = trial.Host().Clone("init", CLONE_NEWNS);
    trial.Step("Mount proc");
    trial.Expect(ON(init, mount("proc", "/proc", "proc", 0, nullptr)), Eq(0));
  });
  ExpectPossible({Lie::kNobodyChoosesPids}, [](Trial& trial) {
    trial.Step("Choose a PID");
    trial.Expect(ON(trial.Host(), AfterClone3As(77)), Eq(Exited(77)));
  });
}

TEST(PossibleLies, AreNotThoseOfCallsThatItLetsPass) {
  ExpectPossible({}, [](Trial& trial) {
    const Process host = trial.Host();
    const Process init = host.Clone("init", CLONE_NEWNS);
    trial.Step("Make calls of the same kinds, about which it does not lie");
    trial.Expect(ON(host, AfterClone3(0)), Eq(Exited(4)));
    trial.Expect(ON(host, AfterClone(0)), Eq(Exited(5)));
    trial.Expect(ON(host, AfterUnshare(CLONE_FS)), Eq(Exited(6)));
    trial.Expect(ON(host, kill(getpid(), 0)), Eq(0));
    trial.Expect(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 0)), Eq(0));
    trial.Expect(ON(host, prctl(PR_SET_PDEATHSIG, 0)), Eq(0));
    trial.Expect(ON(init, mount("none", "/proc", "tmpfs", 0, nullptr)), Eq(0));
  });
}

TEST(RunOnLyingKernels, GivesTheResultsInOrder) {
  const Experiment choosing{
      "Choosing", "lib/testing/lying_kernel_test.cc", 0, {}, [](Trial& trial) {
        trial.Step("Choose a PID");
        trial.Expect(ON(trial.Host(), AfterClone3As(77)), Eq(Exited(77)));
      }};
  std::vector<LieTo> runs;
  std::vector<Verdict> expected;
  for (int i = 0; i < 10; ++i) {  // more than run at once
    runs.push_back({&choosing, Lie::kNone});
    runs.push_back({&choosing, Lie::kNobodyChoosesPids});
    expected.insert(expected.end(), {Verdict::kPass, Verdict::kFail});
  }
  std::vector<Verdict> verdicts;
  for (const LieResult& result : RunOnLyingKernels(runs)) {
    if (!result.impossible.empty()) GTEST_SKIP() << result.impossible;
    verdicts.push_back(result.verdict);
  }
  EXPECT_EQ(verdicts, expected);
}

TEST_F(LyingKernel, MakesNoChamber) {
  const LieResult result = RunOnLyingKernel(
      {"Unreached", "", 0, {}, [](Trial&) {}}, Lie::kNoPidNamespaces);
  if (!result.impossible.empty()) GTEST_SKIP() << result.impossible;
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.noticed,
            "clone3(CLONE_NEWPID|CLONE_NEWNS) succeeded, but its child is not "
            "PID 1 of new namespaces");
  EXPECT_EQ(result.lies, 1);
}

TEST_F(LyingKernel, MakesNoPidNamespaceInTheChamber) {
  ExpectLies(5, Lie::kOnlyTheChamber, [](Trial& trial) {
    const Process host = trial.Host();
    const Process mover = host.Clone("mover");
    const NamespaceId mounts = trial.Must(ON(mover, OwnMounts()));
    trial.Step("Ask for one in every way");
    trial.Expect(ON(host, AfterClone3(CLONE_NEWPID)), Eq(Exited(4)));
    trial.Expect(ON(host, AfterClone(CLONE_NEWPID)), Eq(Exited(5)));
    trial.Expect(ON(host, AfterUnshare(CLONE_NEWPID)), Eq(Exited(6)));
    trial.Expect(AfterProgram(host, Unshare()), Eq(Exited(8)));
    trial.Step("Ask for another kind with it, and get that one");
    trial.Expect(ON(mover, AfterUnshare(CLONE_NEWPID | CLONE_NEWNS)),
                 Eq(Exited(9)));
    trial.Expect(ON(mover, OwnMounts()), Ne(mounts));
  });
}

TEST_F(LyingKernel, LetsNobodyEnter) {
  ExpectLies(2, Lie::kNobodyEnters, [](Trial& trial) {
    const Process host = trial.Host();
    const Process init = host.Clone("init", CLONE_NEWPID);
    const pid_t init_pid = init.PidIn(host);
    trial.Step("Enter by a pidfd, and by a file below /proc/PID/ns");
    trial.Expect(ON(host, AfterSetns(init_pid)), Eq(Exited(4)));
    trial.Expect(AfterProgram(host, Nsenter(init_pid)), Eq(Exited(6)));
  });
}

// The first signal that stops or kills a child.
Sys<Signal> WaitForStopOrEnd(pid_t child) {
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(child), &info, WSTOPPED | WEXITED) != 0) {
    return Sys<Signal>::Failed(errno);
  }
  return {{info.si_status}};
}

TEST_F(LyingKernel, LetsMembersHarmPidOne) {
  ExpectLies(3, Lie::kPidOneIsMortal, [](Trial& trial) {
    const Process host = trial.Host();
    const Process init = host.Clone("init", CLONE_NEWPID);
    const Process member = init.Clone("member");
    const pid_t init_pid = init.PidIn(host);
    trial.Step("Let init ignore one signal, and leave the others");
    trial.Must(ON(init, signal(SIGINT, SIG_IGN) == SIG_DFL));
    trial.Expect(ON(member, kill(1, SIGINT)), Eq(0));
    trial.Expect(ON(member, kill(1, SIGCHLD)), Eq(0));
    trial.Expect(ON(init, getpid()), Eq(1));
    trial.Step("Stop it, then kill it");
    trial.Expect(ON(member, kill(1, SIGTSTP)), Eq(0));
    trial.Expect(ON(host, WaitForStopOrEnd(init_pid)), Eq(Signal{SIGSTOP}));
    ON(member, kill(1, SIGTERM)).Start();  // this ends member, too
    trial.Expect(ON(host, WaitForStopOrEnd(init_pid)), Eq(Signal{SIGKILL}));
    trial.Step("Kill another through a pidfd");
    const Process twin = host.Clone("twin", CLONE_NEWPID);
    const Process twin_member = twin.Clone("twin-member");
    ON(twin_member, SendThroughPidfd(1, SIGKILL)).Start();
    trial.Expect(host.Reap(twin), Eq(KilledBy(SIGKILL)));
  });
}

TEST_F(LyingKernel, SendsNoSignal) {
  ExpectLies(3, Lie::kSignalsGoNowhere, [](Trial& trial) {
    const Process host = trial.Host();
    trial.Step("Send signals that would end the sender");
    trial.Expect(ON(host, kill(getpid(), SIGKILL)), Eq(0));
    trial.Expect(ON(host, SendThroughPidfd(getpid(), SIGKILL)), Eq(0));
    trial.Expect(ON(host, raise(SIGSTOP)), Eq(0));
    trial.Step("Ask whether there is somebody");
    trial.Expect(ON(host, kill(4711, 0)), Fails{ESRCH});
  });
}

int IsSubreaper() {
  int is = -1;
  prctl(PR_GET_CHILD_SUBREAPER, &is);
  return is;
}

TEST_F(LyingKernel, MakesNoSubreaper) {
  ExpectLies(1, Lie::kNoSubreapers, [](Trial& trial) {
    const Process host = trial.Host();
    trial.Step("Become one");
    trial.Expect(ON(host, prctl(PR_SET_CHILD_SUBREAPER, 1)), Eq(0));
    trial.Expect(ON(host, IsSubreaper()), Eq(0));
  });
}

int DeathSignal() {
  int signal = -1;
  prctl(PR_GET_PDEATHSIG, &signal);
  return signal;
}

TEST_F(LyingKernel, SetsNoDeathSignal) {
  ExpectLies(1, Lie::kNoDeathSignals, [](Trial& trial) {
    const Process host = trial.Host();
    trial.Step("Ask for one");
    trial.Expect(ON(host, prctl(PR_SET_PDEATHSIG, SIGKILL)), Eq(0));
    trial.Expect(ON(host, DeathSignal()), Eq(0));
  });
}

TEST_F(LyingKernel, MountsNoProc) {
  ExpectLies(1, Lie::kProcStaysOld, [](Trial& trial) {
    const Process host = trial.Host();
    const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
    trial.Step("Mount it, and look for oneself");
    trial.Expect(ON(init, mount("proc", "/proc", "proc", 0, nullptr)), Eq(0));
    trial.Expect(ON(init, ReadLink("/proc/self")), Eq(Text<256>("3")));
    trial.Step("Mount something else");
    trial.Expect(ON(init, mount("none", "/proc", "tmpfs", 0, nullptr)), Eq(0));
    trial.Expect(ON(init, ReadLink("/proc/self")), Fails{ENOENT});
  });
}

TEST_F(LyingKernel, ChoosesThePidItself) {
  ExpectLies(1, Lie::kNobodyChoosesPids, [](Trial& trial) {
    trial.Step("Choose another");
    trial.Expect(ON(trial.Host(), AfterClone3As(77)), Eq(Exited(3)));
  });
}

TEST_F(LyingKernel, KnowsAnExperimentThatBelievesAnything) {
  ExpectLies(1, Lie::kOnlyTheChamber, [](Trial& trial) {
    trial.Step("Believe");
    trial.Expect(ON(trial.Host(), unshare(CLONE_NEWPID)), Eq(0));
  });
}

}  // namespace
}  // namespace pidlab
