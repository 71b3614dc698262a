#include "lib/vm/guest.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/trial/abandon.h"
#include "lib/vm/frames.h"
#include "lib/vm/task.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kSignOfLife{1000};

// What shells say of a command that a signal killed: 128 and the signal.
constexpr int kKilledStatus = 128;

[[noreturn]] void Fail(const std::string& what) {
  AbandonAsError(what + ": " + DescribeErrno(errno));
}

void Mount(const char* type, const char* where, unsigned long flags = 0,
           const char* options = nullptr) {
  fs::create_directories(where);
  if (mount(type, where, type, flags, options) != 0) {
    Fail(fmt::format("mount {} on {}", type, where));
  }
}

// One who is not the first process of a machine that has booted from an
// initramfs with a task in it is not meant.
void RefuseElsewhere() {
  struct statfs root {};
  statfs("/", &root);
  const bool from_memory =
      root.f_type == RAMFS_MAGIC || root.f_type == TMPFS_MAGIC;
  if (getpid() != 1 || !from_memory || access(kTaskFile, R_OK) != 0) {
    AbandonAsError(
        fmt::format("{} is what a virtual machine of `pidlab vm` "
                    "begins with, and nothing else",
                    kGuestCommand));
  }
}

// In the root of an initramfs, pivot_root(2) fails (its manual page, "NOTES"):
// so the same files become the root by a mount of their own.
void LeaveRootfs() {
  static constexpr const char* kNewRoot = "/newroot";
  fs::create_directories(kNewRoot);
  if (mount("/", kNewRoot, nullptr, MS_BIND, nullptr) != 0 ||
      chdir(kNewRoot) != 0 || mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 ||
      chroot(".") != 0 || chdir("/") != 0) {
    Fail("cannot leave the rootfs");
  }
  rmdir(kNewRoot);
}

void MountFileSystems() {
  LeaveRootfs();
  Mount("devtmpfs", "/dev");
  Mount("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=620,ptmxmode=666");
  Mount("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV);
  Mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  Mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC);
  // A kernel may have been built without.
  (void)mount("cgroup2", "/sys/fs/cgroup", "cgroup2",
              MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  // As with systemd, what is mounted is seen in other mount namespaces.
  if (mount(nullptr, "/", nullptr, MS_SHARED | MS_REC, nullptr) != 0) {
    Fail("cannot share the mounts");
  }
  for (const auto& [name, target] : {std::pair("fd", "/proc/self/fd"),
                                     {"stdin", "/proc/self/fd/0"},
                                     {"stdout", "/proc/self/fd/1"},
                                     {"stderr", "/proc/self/fd/2"}}) {
    fs::create_symlink(target, fs::path("/dev") / name);
  }
}

class Port {
 public:
  Port() : fd_(open(Path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (!fd_.valid()) Fail(Path());
    termios settings{};
    tcgetattr(fd_.get(), &settings);
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL;
    if (tcsetattr(fd_.get(), TCSANOW, &settings) != 0) Fail(Path());
  }

  int fd() const { return fd_.get(); }

  void Send(FrameKind kind, std::string_view bytes = {}) {
    const std::string frame = Encode(kind, bytes);
    for (std::string_view left = frame; !left.empty();) {
      const ssize_t size = write(fd_.get(), left.data(), left.size());
      if (size < 0 && errno != EINTR) Fail("write to the host");
      if (size > 0) left.remove_prefix(static_cast<size_t>(size));
    }
  }

  std::optional<Frame> Next() { return reader_.Next(); }

  void Receive() {
    char buffer[4096];
    const ssize_t size = read(fd_.get(), buffer, sizeof(buffer));
    if (size > 0) reader_.Add({buffer, static_cast<size_t>(size)});
  }

 private:
  static std::string Path() { return std::string("/dev/") + kFramesPort; }

  Fd fd_;
  FrameReader reader_;
};

struct Pipe {
  Fd read;
  Fd write;

  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) Fail("pipe");
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
};

// The command, and what connects it with this process: a terminal, or pipes.
class Guest {
 public:
  explicit Guest(const Task& task) : task_(task) {
    if (task.terminal) {
      StartOnTerminal();
    } else {
      StartWithPipes();
    }
  }

  // Until it has ended, and what it has printed is sent.
  Ending Serve(Port& port) {
    Deadline next_sign = Deadline::In({});
    while (!ended_ || output_.valid() || error_.valid()) {
      if (next_sign.Passed()) {
        port.Send(FrameKind::kAlive);
        next_sign = Deadline::In(kSignOfLife);
      }
      pollfd fds[] = {{.fd = port.fd(), .events = POLLIN, .revents = 0},
                      {.fd = output_.get(), .events = POLLIN, .revents = 0},
                      {.fd = error_.get(), .events = POLLIN, .revents = 0},
                      {.fd = pidfd_.get(), .events = POLLIN, .revents = 0},
                      {.fd = unwritten_.empty() ? -1 : input_.get(),
                       .events = POLLOUT,
                       .revents = 0}};
      // The end of the command is not the end of what it has printed; but whom
      // it has left behind may hold a pipe open for ever.
      // A terminal tells its end once its session has no leader any more.
      const bool all_printed = ended_ && !task_.terminal;
      const int wait = all_printed ? 0 : next_sign.RemainingMs();
      if (poll(fds, std::size(fds), wait) == 0 && all_printed) break;
      if (fds[0].revents != 0) Obey(port);
      if (fds[1].revents != 0) Pass(output_, port, FrameKind::kOutput);
      if (fds[2].revents != 0) Pass(error_, port, FrameKind::kError);
      if (fds[3].revents != 0) ReapCommand();
      if (fds[4].revents != 0) WriteInput(port);
      ReapOrphans();
    }
    return *ended_;
  }

 private:
  void StartWithPipes() {
    Pipe in;
    Pipe out;
    Pipe err;
    Start([&] {
      dup2(in.read.get(), STDIN_FILENO);
      dup2(out.write.get(), STDOUT_FILENO);
      dup2(err.write.get(), STDERR_FILENO);
    });
    input_ = std::move(in.write);
    output_ = std::move(out.read);
    error_ = std::move(err.read);
    fcntl(input_.get(), F_SETFL, O_NONBLOCK);
  }

  void StartOnTerminal() {
    int main_end = -1;
    int command_end = -1;
    if (openpty(&main_end, &command_end, nullptr, nullptr, nullptr) != 0) {
      Fail("openpty");
    }
    Fd main_side(main_end);
    const Fd command_side(command_end);
    fcntl(main_end, F_SETFD, FD_CLOEXEC);
    Start([&] {
      ioctl(command_end, TIOCSCTTY, 0);
      for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        dup2(command_end, standard);
      }
      if (command_end > STDERR_FILENO) close(command_end);
    });
    terminal_ = Fd(dup(main_end));
    fcntl(terminal_.get(), F_SETFD, FD_CLOEXEC);
    output_ = Fd(dup(main_end));
    fcntl(output_.get(), F_SETFD, FD_CLOEXEC);
    input_ = std::move(main_side);
    fcntl(input_.get(), F_SETFL, O_NONBLOCK);
  }

  void Start(const auto& connect) {
    std::vector<char*> words;
    for (const std::string& word : task_.command) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    std::vector<char*> environment;
    for (const std::string& variable : task_.environment) {
      environment.push_back(const_cast<char*>(variable.c_str()));
    }
    environment.push_back(nullptr);
    int pidfd = -1;
    const Sys<pid_t> pid = Clone3(0, &pidfd);
    if (!pid.ok()) AbandonAsError("clone3: " + DescribeErrno(pid.err));
    if (pid.value == 0) {
      signal(SIGPIPE, SIG_DFL);
      setsid();
      connect();
      execvpe(words[0], words.data(), environment.data());
      dprintf(STDERR_FILENO, "pidlab: %s: %s in the virtual machine\n",
              words[0], strerror(errno));
      _exit(errno == ENOENT ? 127 : 126);
    }
    pid_ = pid.value;
    pidfd_ = Fd(pidfd);
  }

  void Obey(Port& port) {
    port.Receive();
    while (const std::optional<Frame> frame = port.Next()) {
      switch (frame->kind) {
        case FrameKind::kInput:
          unwritten_ = frame->bytes;
          if (unwritten_.empty()) input_.Close();
          if (!input_.valid()) TakeInput(port);
          break;
        case FrameKind::kSignal:
          (void)PidfdSendSignal(pidfd_.get(), std::stoi(frame->bytes));
          break;
        case FrameKind::kTerminal: {
          winsize size{};
          std::istringstream(frame->bytes) >> size.ws_row >> size.ws_col;
          if (terminal_.valid()) ioctl(terminal_.get(), TIOCSWINSZ, &size);
          break;
        }
        default:
          break;
      }
    }
  }

  void WriteInput(Port& port) {
    const ssize_t size =
        write(input_.get(), unwritten_.data(), unwritten_.size());
    if (size > 0) unwritten_.erase(0, static_cast<size_t>(size));
    if (size < 0 && errno != EAGAIN && errno != EINTR) input_.Close();
    if (unwritten_.empty() || !input_.valid()) TakeInput(port);
  }

  void TakeInput(Port& port) {
    unwritten_.clear();
    port.Send(FrameKind::kTaken);
  }

  static void Pass(Fd& from, Port& port, FrameKind kind) {
    char buffer[16384];
    const ssize_t size = read(from.get(), buffer, sizeof(buffer));
    if (size > 0) port.Send(kind, {buffer, static_cast<size_t>(size)});
    // A terminal that everybody has closed is EIO.
    if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) {
      from.Close();
    }
  }

  void ReapCommand() {
    ended_ = WaitFor(pid_).value;
    pidfd_.Close();
  }

  // An init has to. The command is not among them: its own end is awaited by
  // its pidfd.
  void ReapOrphans() const {
    for (;;) {
      siginfo_t child{};
      if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) != 0 ||
          child.si_pid == 0 || (child.si_pid == pid_ && !ended_)) {
        return;
      }
      (void)WaitFor(child.si_pid);
    }
  }

  const Task& task_;
  pid_t pid_ = -1;
  Fd pidfd_;
  Fd input_;
  Fd output_;
  Fd error_;
  Fd terminal_;
  std::string unwritten_;
  std::optional<Ending> ended_;
};

void SendFile(Port& port, const fs::path& path, const std::string& name) {
  port.Send(FrameKind::kFile, name);
  std::ifstream file(path, std::ios::binary);
  std::string part(65536, '\0');
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())) ||
         file.gcount() > 0) {
    port.Send(FrameKind::kContents,
              {part.data(), static_cast<size_t>(file.gcount())});
  }
  port.Send(FrameKind::kFileEnd);
}

bool WrittenSince(const fs::path& path, const timespec& begin) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return false;
  return std::pair(status.st_mtim.tv_sec, status.st_mtim.tv_nsec) >=
         std::pair(begin.tv_sec, begin.tv_nsec);
}

// Every result file; the paths of what else was written since `begin`.
void SendFiles(Port& port, const timespec& begin) {
  struct stat root {};
  stat("/", &root);
  using Walk = fs::recursive_directory_iterator;
  for (Walk entry("/", fs::directory_options::skip_permission_denied), end;
       entry != end; ++entry) {
    struct stat status {};
    if (lstat(entry->path().c_str(), &status) != 0) continue;
    if (status.st_dev != root.st_dev) {  // /proc and its fellows
      if (S_ISDIR(status.st_mode)) entry.disable_recursion_pending();
      continue;
    }
    if (!S_ISREG(status.st_mode)) continue;
    const fs::path relative = entry->path().lexically_relative(kWorkFolder);
    if (*relative.begin() != "..") {
      SendFile(port, entry->path(), relative);
    } else if (WrittenSince(entry->path(), begin)) {
      port.Send(FrameKind::kLeftBehind, entry->path().string());
    }
  }
}

Task ReadTask() {
  std::ifstream file(kTaskFile);
  std::ostringstream text;
  text << file.rdbuf();
  return TaskFromText(text.str());
}

void RunTask() {
  MountFileSystems();
  if (sethostname("pidlab", strlen("pidlab")) != 0) Fail("sethostname");
  const Task task = ReadTask();
  unlink(kTaskFile);
  fs::create_directories(kWorkFolder);
  if (chdir(kWorkFolder) != 0) Fail(kWorkFolder);
  signal(SIGPIPE, SIG_IGN);
  Port port;
  port.Send(FrameKind::kAlive);
  timespec begin{};
  clock_gettime(CLOCK_REALTIME_COARSE, &begin);
  const Ending ending = Guest(task).Serve(port);
  SendFiles(port, begin);
  const int status = ending.kind == Ending::Kind::kKilled
                         ? kKilledStatus + ending.number
                         : ending.number;
  port.Send(FrameKind::kExited, std::to_string(status));
}

}  // namespace

void BeGuest() {
  RefuseElsewhere();
  try {
    RunTask();
  } catch (const Abandoned& abandoned) {
    // The host shows the last lines of the console.
    fmt::print(stderr, "pidlab: {}\n", abandoned.reason);
    std::fflush(stderr);
    _exit(1);  // the kernel panics, and the machine is over
  }
  for (;;) pause();
}

}  // namespace pidlab
