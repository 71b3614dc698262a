#include "lib/vm/guest.h"

#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "lib/linux/ending.h"
#include "lib/linux/sys.h"
#include "lib/trial/abandon.h"
#include "lib/vm/guest_command.h"
#include "lib/vm/guest_results.h"
#include "lib/vm/guest_system.h"
#include "lib/vm/port.h"
#include "lib/vm/task.h"

namespace pidlab {
namespace {

// What shells say of a command that a signal killed: 128 and the signal.
constexpr int kKilledStatus = 128;

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

Task ReadTask() {
  std::ifstream file(kTaskFile);
  std::ostringstream text;
  text << file.rdbuf();
  return TaskFromText(text.str());
}

void RunTask() {
  MakeUsualSystem();
  const Task task = ReadTask();
  unlink(kTaskFile);
  std::filesystem::create_directories(kWorkFolder);
  if (chdir(kWorkFolder) != 0) {
    AbandonAsError(kWorkFolder + (": " + DescribeErrno(errno)));
  }
  signal(SIGPIPE, SIG_IGN);
  Port port;
  port.Send(FrameKind::kAlive);
  timespec begin{};
  clock_gettime(CLOCK_REALTIME_COARSE, &begin);
  const Ending ending = ServeCommand(task, port);
  SendResults(port, begin);
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
