#include "tool/vm/machine.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/hypervisor.h"
#include "lib/host/names.h"
#include "lib/host/wait.h"
#include "lib/linux/clone.h"
#include "lib/linux/deadline.h"
#include "tool/vm/frames.h"
#include "tool/vm/guest.h"
#include "tool/vm/initramfs.h"
#include "tool/vm/terminal.h"

namespace pidlab {
namespace {

using std::chrono::milliseconds;

constexpr const char* kQemu = "qemu-system-x86_64";

// A machine gives a sign of life every second, once it has booted.
constexpr milliseconds kPatience{30000};
constexpr milliseconds kPatienceIfEmulated{240000};
// A kernel prints its first line in less than a second.
constexpr milliseconds kPatienceWithKvm{5000};
// The time that a command has to end when it is told to.
constexpr milliseconds kPatienceAfterSignal{10000};

constexpr std::ptrdiff_t kConsoleLines = 20;  // in an error
constexpr std::ptrdiff_t kBefore = 3;         // of these, before a panic
constexpr size_t kConsoleBytes = 16384;

// A serial port: the end of this process, and the end that QEMU inherits.
struct PortPair {
  Fd near;
  Fd far;

  PortPair() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
      FailAsHarness("socketpair: " + DescribeErrno(errno));
    }
    near = Fd(ends[0]);
    far = Fd(ends[1]);
    fcntl(near.get(), F_SETFD, FD_CLOEXEC);
  }
};

void Append(std::vector<std::string>& words,
            const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

// The command line of QEMU for a machine that has nothing but a processor.
std::vector<std::string> BareMachine(Acceleration acceleration,
                                     const std::filesystem::path& kernel) {
  const bool emulated = acceleration == Acceleration::kEmulated;
  return {kQemu,
          "-nodefaults",
          "-no-user-config",
          "-display",
          "none",
          "-no-reboot",
          "-machine",
          "pc",
          "-accel",
          emulated ? "tcg" : "kvm",
          "-cpu",
          emulated ? "max" : "host",
          "-kernel",
          kernel};
}

// The arguments of QEMU for the next serial port of a machine.
std::vector<std::string> SerialPort(const std::string& name, const Fd& fd) {
  return {"-chardev", fmt::format("socket,id={},fd={}", name, fd.get()),
          "-serial", "chardev:" + name};
}

// With these arguments a kernel prints to its console, and reboots when it
// panics. QEMU ends instead of rebooting.
std::string ConsoleArguments() {
  return fmt::format("console={} panic=-1", kConsolePort);
}

// The last lines of a console, indented; if there was a panic, the first lines
// of it. Control characters are left out.
std::string LastLines(std::string_view text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      if (!lines.back().empty()) lines.emplace_back();
    } else if (static_cast<unsigned char>(c) >= ' ') {
      lines.back() += c;
    }
  }
  if (lines.back().empty()) lines.pop_back();
  const auto is_panic = [](const std::string& line) {
    return line.find("Kernel panic") != line.npos;
  };
  auto begin = lines.end() - std::min(std::ssize(lines), kConsoleLines);
  const auto panic = std::ranges::find_if(lines, is_panic);
  if (panic < begin) begin = panic - std::min(panic - lines.begin(), kBefore);
  std::string result;
  for (auto line = begin; line != lines.end() && line - begin < kConsoleLines;
       ++line) {
    result += "\n  " + *line;
  }
  return result;
}

class Machine {
 public:
  Machine(const MachineOptions& options, const Task& task)
      : options_(options),
        initramfs_(MemoryFile("initramfs")),
        qemu_errors_(MemoryFile("qemu-errors")) {
    if (const Sys<int> written =
            WriteAll(initramfs_.get(), MakeInitramfs(task));
        !written.ok()) {
      FailAsHarness("the initramfs: " + DescribeErrno(written.err));
    }
    if (task.terminal) terminal_.emplace(options.in);
    Start();
    if (options_.timeout) end_ = Deadline::In(*options_.timeout);
  }

  MachineEnd Run() {
    Deadline silent = Deadline::In(Patience());
    while (!exited_) {
      // A signal does not interrupt this process: it is for the command.
      pollfd fds[] = {ToRead(frames_.near.get()),
                      ToRead(console_.near.get()),
                      ToRead(qemu_.pidfd()),
                      ToRead(options_.interrupt_fd),
                      ToRead(may_send_ ? options_.in : -1),
                      ToRead(terminal_ ? terminal_->size_fd() : -1)};
      Deadline first = silent;
      if (end_) first = std::min(first, *end_);
      if (must_end_by_) first = std::min(first, *must_end_by_);
      (void)Wait(fds, -1, first);
      if (fds[0].revents != 0) ReadFrames();
      if (fds[1].revents != 0) ReadConsole();
      if (fds[3].revents != 0) PassSignal();
      if (fds[4].revents != 0) PassInput();
      if (fds[5].revents != 0) PassSize();
      if (exited_) break;
      // First, all that QEMU's machine has sent has to be read.
      const bool all_read = !frames_.near.valid() && !console_.near.valid();
      if (fds[2].revents != 0 && all_read) FailAs(WhyQemuEnded());
      if (fds[0].revents != 0) silent = Deadline::In(Patience());
      if (silent.Passed()) {
        FailAs(fmt::format("it {} for {} s",
                           booted_ ? "gave no sign of life" : "did not boot",
                           Patience().count() / 1000));
      }
      if (end_ && end_->Passed()) {
        FailAs(fmt::format("it ran for longer than the {} s of --timeout",
                           options_.timeout->count() / 1000.0));
      }
      if (must_end_by_ && must_end_by_->Passed()) throw Interrupted();
    }
    return std::move(result_);
  }

 private:
  bool emulated() const {
    return options_.acceleration == Acceleration::kEmulated;
  }
  milliseconds Patience() const {
    return options_.patience.value_or(emulated() ? kPatienceIfEmulated
                                                 : kPatience);
  }

  void Start() {
    std::vector<std::string> words =
        BareMachine(options_.acceleration, options_.kernel);
    Append(words, {"-smp", std::to_string(options_.size.cpus), "-m",
                   fmt::format("{}M", options_.size.memory_mib), "-initrd",
                   fmt::format("/proc/self/fd/{}", initramfs_.get()), "-append",
                   fmt::format("{} {} rdinit={} -- {}", ConsoleArguments(),
                               kVmKernelArgument, kGuestInit, kGuestCommand)});
    Append(words, SerialPort("console", console_.far));
    Append(words, SerialPort("frames", frames_.far));
    const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
    qemu_ = Command::Start(
        words, {nothing.get(), qemu_errors_.get(), qemu_errors_.get()});
    console_.far.Close();
    frames_.far.Close();
  }

  std::string WhyQemuEnded() {
    const Ending ending = qemu_.Wait();
    if (ending == Exited(kNotExecuted)) {
      return fmt::format(
          "{} cannot be run; as root: apt-get install qemu-system-x86", kQemu);
    }
    const std::string errors = LastLines(ContentsOf(qemu_errors_));
    if (ending == Exited(0)) return "its kernel gave up" + errors;
    std::ostringstream text;
    text << "QEMU " << ending << errors;
    return text.str();
  }

  [[noreturn]] void FailAs(const std::string& why) const {
    FailAsHarness("the virtual machine failed: " + why +
                  (console_text_.empty() ? "\nits kernel has printed nothing"
                                         : "\nthe last lines of its console:" +
                                               LastLines(console_text_)));
  }

  void Send(FrameKind kind, std::string_view bytes) const {
    const std::string frame = Encode(kind, bytes);
    // This fails if the machine is gone, which is noticed elsewhere.
    (void)send(frames_.near.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
  }

  static void CloseAtEnd(PortPair& port, ssize_t size) {
    if (size == 0 || errno == ECONNRESET) port.near.Close();
  }

  void ReadFrames() {
    char buffer[65536];
    const ssize_t size =
        recv(frames_.near.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    if (size <= 0) return CloseAtEnd(frames_, size);
    reader_.Add({buffer, static_cast<size_t>(size)});
    while (std::optional<Frame> frame = reader_.Next()) Take(*frame);
  }

  void Take(Frame& frame) {
    switch (frame.kind) {
      case FrameKind::kAlive:
        // Only now does the machine read what is sent.
        if (!std::exchange(booted_, true)) {
          if (terminal_) Send(FrameKind::kTerminal, terminal_->Size());
          may_send_ = options_.in >= 0;
          if (options_.in < 0) Send(FrameKind::kInput, "");
        }
        break;
      case FrameKind::kOutput:
        (void)WriteAll(options_.out, frame.bytes);  // perhaps nobody reads
        break;
      case FrameKind::kError:
        (void)WriteAll(options_.err, frame.bytes);
        break;
      case FrameKind::kTaken:
        may_send_ = options_.in >= 0 && !input_ended_;
        break;
      case FrameKind::kFile:
        result_.files.push_back({std::move(frame.bytes), ""});
        break;
      case FrameKind::kContents:
        if (!result_.files.empty()) {
          result_.files.back().contents += frame.bytes;
        }
        break;
      case FrameKind::kFileEnd:
        break;
      case FrameKind::kLeftBehind:
        result_.left_behind.push_back(std::move(frame.bytes));
        break;
      case FrameKind::kExited:
        result_.exit_status = std::stoi(frame.bytes);
        exited_ = true;
        break;
      default:
        break;
    }
  }

  void ReadConsole() {
    char buffer[4096];
    const ssize_t size =
        recv(console_.near.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    if (size <= 0) return CloseAtEnd(console_, size);
    const std::string_view text(buffer, static_cast<size_t>(size));
    if (options_.console) options_.console(text);
    console_text_ += text;
    if (console_text_.size() > 2 * kConsoleBytes) {
      console_text_.erase(0, console_text_.size() - kConsoleBytes);
    }
  }

  void PassSignal() {
    signalfd_siginfo info{};
    (void)!read(options_.interrupt_fd, &info, sizeof(info));
    if (must_end_by_ || !booted_) throw Interrupted();
    Send(FrameKind::kSignal, std::to_string(info.ssi_signo));
    must_end_by_ = Deadline::In(kPatienceAfterSignal * (emulated() ? 10 : 1));
  }

  void PassInput() {
    char buffer[kMaxInput];
    const ssize_t size = read(options_.in, buffer, sizeof(buffer));
    const std::string_view keys(
        buffer, static_cast<size_t>(std::max<ssize_t>(size, 0)));
    if (terminal_ && keys.find(kSwitchOffKey) != keys.npos) throw Interrupted();
    input_ended_ = size <= 0;
    may_send_ = false;
    Send(FrameKind::kInput, keys);
  }

  void PassSize() const {
    terminal_->Acknowledge();
    Send(FrameKind::kTerminal, terminal_->Size());
  }

  const MachineOptions& options_;
  Fd initramfs_;
  Fd qemu_errors_;
  PortPair console_;
  PortPair frames_;
  Command qemu_;
  // It is restored after the machine is gone.
  std::optional<RawTerminal> terminal_;
  std::optional<Deadline> end_;
  // By when it must have ended, once it was told to end.
  std::optional<Deadline> must_end_by_;
  FrameReader reader_;
  std::string console_text_;
  bool booted_ = false;
  bool may_send_ = false;
  bool input_ended_ = false;
  bool exited_ = false;
  MachineEnd result_;
};

}  // namespace

Acceleration BestAcceleration(const std::filesystem::path& kernel) {
  const Fd kvm(open("/dev/kvm", O_RDWR | O_CLOEXEC));
  if (!kvm.valid()) return Acceleration::kEmulated;
  PortPair console;
  const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  std::vector<std::string> words = BareMachine(Acceleration::kKvm, kernel);
  Append(words, {"-m", "256M", "-append", ConsoleArguments()});
  Append(words, SerialPort("console", console.far));
  const Command qemu =
      Command::Start(words, {nothing.get(), nothing.get(), nothing.get()});
  console.far.Close();
  char word;
  const bool speaks =
      WaitReadable(console.near.get(), Deadline::In(kPatienceWithKvm)) &&
      recv(console.near.get(), &word, 1, MSG_DONTWAIT) > 0;
  return speaks ? Acceleration::kKvm : Acceleration::kEmulated;
}

MachineEnd RunMachine(const MachineOptions& options, const Task& task) {
  return Machine(options, task).Run();
}

}  // namespace pidlab
