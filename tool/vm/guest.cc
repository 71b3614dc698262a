#include "tool/vm/guest.h"

#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/names.h"
#include "lib/linux/ending.h"
#include "lib/linux/sys.h"
#include "tool/vm/guest_command.h"
#include "tool/vm/guest_results.h"
#include "tool/vm/guest_system.h"
#include "tool/vm/port.h"
#include "tool/vm/task.h"

namespace pidlab {
namespace {

// Shells report a command that a signal killed with 128 plus the signal.
constexpr int kKilledStatus = 128;

// Throws unless this is the first process of a machine that has booted from an
// initramfs with a task in it.
void RefuseElsewhere() {
  struct statfs root {};
  statfs("/", &root);
  const bool from_memory =
      root.f_type == RAMFS_MAGIC || root.f_type == TMPFS_MAGIC;
  if (getpid() != 1 || !from_memory || access(kTaskFile, R_OK) != 0) {
    FailAsHarness(
        fmt::format("{} is what a virtual machine of `pidlab vm` "
                    "begins with, and nothing else",
                    kGuestCommand));
  }
}

Task ReadTask() { return TaskFromText(ReadAll(kTaskFile)); }

void RunTask() {
  MakeUsualSystem();
  const Task task = ReadTask();
  unlink(kTaskFile);
  std::filesystem::create_directories(kWorkFolder);
  if (chdir(kWorkFolder) != 0) {
    FailAsHarness(kWorkFolder + (": " + DescribeErrno(errno)));
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

void RunAsMachinesInit() {
  RefuseElsewhere();
  try {
    RunTask();
  } catch (const Error& error) {
    // The host shows the last lines of the console.
    fmt::print(stderr, "pidlab: {}\n", error.message);
    std::fflush(stderr);
    _exit(1);  // the kernel panics, and the machine ends
  }
  for (;;) pause();
}

}  // namespace pidlab
