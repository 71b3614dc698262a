// Tests the host's side of a machine, with a script that replaces QEMU.

#include "tool/vm/machine.h"

#include <sys/signalfd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "gmock/gmock.h"
#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/temporary_folder.h"
#include "lib/linux/children.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kQemu = "qemu-system-x86_64";

class MachineTest : public ::testing::Test {
 protected:
  MachineTest() {
    setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    options_.kernel = "/a/kernel";
    options_.out = out_.get();
    options_.err = err_.get();
  }
  ~MachineTest() override {
    setenv("PATH", path_.c_str(), 1);
    // QEMU is gone, however the test ended.
    EXPECT_TRUE(AwaitNoChildren(Deadline::In(milliseconds(0))));
  }

  // What QEMU does: `frame KIND TEXT` and `console TEXT` send; `receive` reads
  // a frame's bytes into $received.
  void QemuDoes(const std::string& script) const {
    folder_.Write(kQemu,
                  "#!/bin/bash\n"
                  "arguments=\"$*\"\n"
                  "of() { grep -oP \"id=$1,fd=\\K\\d+\" <<<\"$arguments\"; }\n"
                  "frames=$(of frames); console=$(of console)\n"
                  "frame() { printf '\\001pidlab%s%08x%s' \"$1\" ${#2} \"$2\" "
                  ">&$frames; }\n"
                  "console() { printf '%s\\n' \"$1\" >&$console; }\n"
                  "receive() { IFS= read -r -N 16 head <&$frames; received=;\n"
                  "  size=$((16#${head:8})); [ $size = 0 ] ||\n"
                  "  IFS= read -r -N $size received <&$frames; }\n" +
                      script + '\n');
    fs::permissions(folder_.path() / kQemu, fs::perms::owner_all);
  }

  void HaveNoQemu() const { setenv("PATH", folder_.path().c_str(), 1); }

  MachineEnd Run() { return RunMachine(options_, TaskFor({"true"})); }

  std::string ErrorOfRun() {
    try {
      (void)Run();
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code, kHarnessFailed);
      return error.message;
    }
    return "no error";
  }

  std::string Out() const { return ContentsOf(out_); }
  std::string Err() const { return ContentsOf(err_); }

  MachineOptions options_;

 private:
  const std::string path_ = getenv("PATH");
  const TemporaryFolder folder_;  // before all others in the PATH
  Fd out_ = MemoryFile("out");
  Fd err_ = MemoryFile("err");
};

TEST_F(MachineTest, BringsBackOutputFilesAndStatus) {
  QemuDoes(
      "frame . ''; frame o hello; frame e oops; frame o ' world'\n"
      "frame f a/b.json; frame c first; frame c second; frame n ''\n"
      "frame f empty; frame n ''; frame l /tmp/lost; frame x 42\n"
      "sleep 1000");
  const MachineEnd end = Run();
  EXPECT_EQ(end.exit_status, 42);
  EXPECT_EQ(Out(), "hello world");
  EXPECT_EQ(Err(), "oops");
  ASSERT_EQ(end.files.size(), 2u);
  EXPECT_EQ(end.files[0].path, "a/b.json");
  EXPECT_EQ(end.files[0].contents, "firstsecond");
  EXPECT_EQ(end.files[1].path, "empty");
  EXPECT_EQ(end.files[1].contents, "");
  EXPECT_THAT(end.left_behind, ElementsAre("/tmp/lost"));
}

TEST_F(MachineTest, TellsQemuWhatToBoot) {
  QemuDoes("frame o \"$arguments\"; frame x 0; sleep 1000");
  options_.size.memory_mib = 333;
  options_.size.cpus = 3;
  (void)Run();
  EXPECT_THAT(Out(), HasSubstr("-kernel /a/kernel "));
  EXPECT_THAT(Out(), HasSubstr("-m 333M "));
  EXPECT_THAT(Out(), HasSubstr("-smp 3 "));
  EXPECT_THAT(Out(), HasSubstr("-accel tcg -cpu max "));
  EXPECT_THAT(Out(), HasSubstr("rdinit=/usr/bin/pidlab -- vm-init"));
}

TEST_F(MachineTest, GivesItAnInitramfs) {
  QemuDoes(
      "frame o \"$(head -c 6 $(grep -oP -- '-initrd \\K\\S+' "
      "<<<\"$arguments\"))\"; frame x 0; sleep 1000");
  (void)Run();
  EXPECT_EQ(Out(), "070701");
}

TEST_F(MachineTest, PassesInputInSmallPiecesAndItsEnd) {
  const Fd in = MemoryFile("in");
  const std::string text(1500, 'a');
  ASSERT_EQ(pwrite(in.get(), text.data(), text.size(), 0), 1500);
  options_.in = in.get();
  QemuDoes(
      "frame . ''\n"
      "while receive; frame o \"${#received} \"; [ $size != 0 ]; do\n"
      "frame t ''; done; frame x 0; sleep 1000");
  (void)Run();
  EXPECT_EQ(Out(), "1024 476 0 ");
}

TEST_F(MachineTest, EndsTheInputOfACommandThatHasNone) {
  QemuDoes("frame . ''; receive; frame o \"$size\"; frame x 0; sleep 1000");
  (void)Run();
  EXPECT_EQ(Out(), "0");
}

TEST_F(MachineTest, APanicIsAnErrorWithTheLastLinesOfTheConsole) {
  QemuDoes(
      "for i in {1..50}; do console \"line $i\"; done\n"
      "console 'Kernel panic - not syncing'; frame . ''; frame o half; exit 0");
  const std::string error = ErrorOfRun();
  EXPECT_THAT(error, HasSubstr("its kernel gave up"));
  EXPECT_THAT(error, HasSubstr("\n  line 50\n  Kernel panic - not syncing"));
  EXPECT_THAT(error, Not(HasSubstr("line 20\n")));
  EXPECT_EQ(Out(), "half");
}

TEST_F(MachineTest, TheCauseOfAPanicIsShownHoweverMuchFollows) {
  QemuDoes(
      "for i in {1..50}; do console \"before $i\"; done\n"
      "console 'Kernel panic - not syncing'\n"
      "for i in {1..50}; do console \"after $i\"; done; exit 0");
  const std::string error = ErrorOfRun();
  EXPECT_THAT(error, HasSubstr("console:\n  before 48\n  before 49\n"));
  EXPECT_THAT(error, HasSubstr("\n  Kernel panic - not syncing\n"));
  EXPECT_THAT(error, EndsWith("\n  after 16"));
}

TEST_F(MachineTest, AKilledQemuIsAnError) {
  QemuDoes("frame . ''; kill -KILL $$");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("QEMU killed by SIGKILL"));
}

TEST_F(MachineTest, AQemuThatFailsIsAnErrorWithItsWords) {
  QemuDoes("echo 'could not load kernel' >&2; exit 1");
  const std::string error = ErrorOfRun();
  EXPECT_THAT(error, HasSubstr("QEMU exited with 1"));
  EXPECT_THAT(error, HasSubstr("could not load kernel"));
}

TEST_F(MachineTest, SilenceIsAnError) {
  options_.patience = milliseconds(300);
  QemuDoes("console 'Booting'; sleep 1000");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("did not boot"));
  QemuDoes("frame . ''; sleep 1000");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("gave no sign of life"));
}

TEST_F(MachineTest, SignsOfLifeAreAwaitedAnew) {
  options_.patience = milliseconds(2000);
  QemuDoes("for i in {1..30}; do frame . ''; sleep 0.1; done; frame x 0");
  EXPECT_EQ(Run().exit_status, 0);
}

TEST_F(MachineTest, HasItsTime) {
  options_.timeout = milliseconds(300);
  QemuDoes("while frame . ''; do sleep 0.05; done");
  EXPECT_THAT(ErrorOfRun(), HasSubstr("longer than the 0.3 s of --timeout"));
}

// A signalfd for SIGUSR1, as if that were ^C.
class Signal1 {
 public:
  Signal1() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals_, nullptr);
    fd_ = Fd(signalfd(-1, &signals_, SFD_CLOEXEC));
  }
  ~Signal1() { sigprocmask(SIG_UNBLOCK, &signals_, nullptr); }
  int fd() const { return fd_.get(); }

 private:
  sigset_t signals_{};
  Fd fd_;
};

TEST_F(MachineTest, PassesASignalToTheCommand) {
  const Signal1 signal;
  options_.interrupt_fd = signal.fd();
  QemuDoes(
      "frame . ''; receive; kill -USR1 $PPID; receive\n"
      "frame o \"$head$received\"; frame x 130; sleep 1000");
  EXPECT_EQ(Run().exit_status, 130);
  EXPECT_EQ(Out(), "\001pidlabs00000002" + std::to_string(SIGUSR1));
}

TEST_F(MachineTest, EndsAtOnceIfToldTwice) {
  const Signal1 signal;
  options_.interrupt_fd = signal.fd();
  QemuDoes(
      "frame . ''; receive; kill -USR1 $PPID; receive; kill -USR1 $PPID\n"
      "sleep 1000");
  EXPECT_THROW((void)Run(), Interrupted);
}

TEST_F(MachineTest, EndsAtOnceIfNobodyListensYet) {
  const Signal1 signal;
  options_.interrupt_fd = signal.fd();
  QemuDoes("kill -USR1 $PPID; sleep 1000");
  EXPECT_THROW((void)Run(), Interrupted);
}

TEST_F(MachineTest, SaysWhereQemuComesFrom) {
  HaveNoQemu();
  EXPECT_THAT(ErrorOfRun(), HasSubstr("apt-get install qemu-system-x86"));
}

}  // namespace
}  // namespace pidlab
