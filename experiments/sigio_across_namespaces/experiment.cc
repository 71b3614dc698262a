// The signal that notifies of input comes from the file, not from a process, so
// PID namespaces do not stop it.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Sys<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Sys<Pipe>::Failed(errno);
  return {{ends[0], ends[1]}};
}

// F_SETSIG, even with SIGIO, lets the signal say which file it is about.
int AskForSignal(int fd, int signal) {
  if (Block(signal) != 0 || fcntl(fd, F_SETOWN, getpid()) != 0 ||
      fcntl(fd, F_SETSIG, signal) != 0) {
    return -1;
  }
  return fcntl(fd, F_SETFL, O_ASYNC);
}

struct Readiness {
  int code = 0;
  int fd = -1;
  long band = 0;

  friend bool operator==(const Readiness&, const Readiness&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Readiness& is) {
    return out << "si_code " << is.code << ", si_fd " << is.fd << ", si_band "
               << is.band;
  }
};

// Takes the pending signal; EAGAIN if there is none.
Sys<Readiness> TakeReadiness(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  const timespec now{};
  siginfo_t info{};
  if (sigtimedwait(&set, &info, &now) < 0) {
    return Sys<Readiness>::Failed(errno);
  }
  return {{info.si_code, info.si_fd, info.si_band}};
}

EXPERIMENT(
    ReadinessCrossesSiblingNamespaces,
    .claim =
        "The signal of F_SETSIG reaches a process in another PID namespace "
        "than the writer's, with the right si_fd and si_band; the owner of "
        "the file is 0 for who cannot see it.",
    .verifies = {"X-1"},
    .sources = {"fcntl(2), Managing signals", "fs/fcntl.c send_sigio()",
                "fs/fcntl.c f_getown()"}) {
  const Process host = trial.Host();
  const Pipe pipe = trial.Must(ON(host, MakePipe()));
  const Process reader = host.Clone("reader", CLONE_NEWPID);
  const Process writer = host.Clone("writer", CLONE_NEWPID);

  trial.Step("Let PID 1 of one namespace ask for a signal at input");
  trial.Must(ON(reader, AskForSignal(pipe.read_end, SIGUSR1)));
  trial.Expect(ON(reader, TakeReadiness(SIGUSR1)), Fails{EAGAIN});

  trial.Step("Ask from three places who gets it");
  trial.Expect(ON(reader, fcntl(pipe.read_end, F_GETOWN)), Eq(1));
  trial.Expect(ON(writer, fcntl(pipe.read_end, F_GETOWN)), Eq(0));
  trial.Expect(ON(host, fcntl(pipe.read_end, F_GETOWN)),
               Eq(reader.PidIn(host)));

  trial.Step("Let PID 1 of its sibling write");
  trial.Must(ON(writer, Block(SIGUSR1)));
  trial.Expect(ON(writer, write(pipe.write_end, "x", 1)), Eq(1));
  const Readiness input = {POLL_IN, pipe.read_end, POLLIN | POLLRDNORM};
  trial.Expect(ON(reader, TakeReadiness(SIGUSR1)), Eq(input));
  trial.Expect(ON(writer, IsPending(SIGUSR1)), Eq(0));
}

}  // namespace
}  // namespace pidlab
