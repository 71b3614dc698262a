#include "lib/trial/exhaustion.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/trial/abandon.h"
#include "lib/trial/remote_call.h"

namespace pidlab {
namespace {

// An experiment never has more of each at a time.
constexpr int kProcesses = 40;  // PID namespaces nest 32 deep
constexpr int kDescriptors = 40;
constexpr int kSignals = 8;

// The processes wait on a pipe, and end when it is closed. The kernel reaps
// them, as it reaps all children of the warden.
Sys<int> TryProcesses() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Sys<int>::Failed(errno);
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  for (int made = 0; made < kProcesses; ++made) {
    const Sys<pid_t> child = Clone3(0);
    if (!child.ok()) return Sys<int>::Failed(child.err);
    if (child.value != 0) continue;
    write_end.Close();
    char none;
    (void)!read(read_end.get(), &none, 1);
    _exit(0);
  }
  return {kProcesses};
}

Sys<int> TryDescriptors() {
  Fd made[kDescriptors];
  for (Fd& fd : made) {
    fd = Fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd.valid()) return Sys<int>::Failed(errno);
  }
  return {kDescriptors};
}

// If there is no more room, a real-time signal is refused, and other signals
// lose the value that they carry: kernel/signal.c __send_signal_locked().
Sys<int> TryQueuedSignals() {
  sigset_t last;
  sigemptyset(&last);
  sigaddset(&last, SIGRTMAX);
  sigprocmask(SIG_BLOCK, &last, nullptr);
  int err = 0;
  for (int sent = 0; sent < kSignals && err == 0; ++sent) {
    if (sigqueue(getpid(), SIGRTMAX, {}) != 0) err = errno;
  }
  const timespec now{};
  while (sigtimedwait(&last, nullptr, &now) > 0) {
  }
  sigprocmask(SIG_UNBLOCK, &last, nullptr);
  return {kSignals, err};
}

struct Resource {
  const char* needs;
  Sys<int> (*attempt)();
  const char* to_run;
};

constexpr Resource kResources[] = {
    {"40 processes at a time", TryProcesses,
     "see ulimit -u, pids.max of the cgroup, pid_max"},
    {"40 descriptors at a time", TryDescriptors, "see ulimit -n"},
    {"signals that carry a value", TryQueuedSignals, "see ulimit -i"},
};

}  // namespace

bool IsExhausted(int err) {
  return err == EAGAIN || err == EMFILE || err == ENFILE;
}

std::optional<Skip> FindExhaustion(Chamber& chamber) try {
  DrivenProcess& warden = *chamber.processes().front();
  for (const Resource& resource : kResources) {
    const auto seen =
        RunCall(chamber, warden, resource.needs,
                [attempt = resource.attempt] { return attempt(); });
    if (!IsExhausted(seen.err)) continue;
    return Skip{.code = Skip::Code::kResource,
                .needs = resource.needs,
                .probed = "tried it after the experiment had failed -> " +
                          DescribeErrno(seen.err),
                .to_run = resource.to_run};
  }
  return {};
} catch (const Abandoned&) {
  return {};
}

}  // namespace pidlab
