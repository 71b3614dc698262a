// If a system call is handed to another process, that process gets the caller's
// PID, as a number of its own namespace.

#include "lib/trial/experiment.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <span>

#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/socket.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// From now on, each getppid() of the caller waits for an answer from the
// process that holds the descriptor. Returns the descriptor.
Sys<int> HandOverGetppid() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {std::size(code), code};
  return FromErrno(
      static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                               SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)));
}

// Tries this in a child, since a filter stays. It is EBUSY if the process that
// started pidlab listens already.
Sys<int> TryToListen() {
  const Sys<pid_t> child = Clone3(0);
  if (child.ok() && child.value == 0) _exit(HandOverGetppid().err);
  if (!child.ok()) return Sys<int>::Failed(child.err);
  return {0, WaitFor(child.value).value.number};
}

struct Wire {
  int near = -1;
  int far = -1;
};

Sys<Wire> MakeWire() {
  int ends[2];
  const int type = SOCK_SEQPACKET | SOCK_CLOEXEC;
  if (socketpair(AF_UNIX, type, 0, ends) != 0) return Sys<Wire>::Failed(errno);
  return {{ends[0], ends[1]}};
}

// Sends the descriptor `count` times, once for each receiver.
Sys<size_t> SendListener(int socket, int count) {
  const Sys<int> listener = HandOverGetppid();
  if (!listener.ok()) return Sys<size_t>::Failed(listener.err);
  const Fd owned(listener.value);
  const std::byte byte{};
  Sys<size_t> sent;
  for (int i = 0; i < count && sent.ok(); ++i) {
    sent = SendDatagram(socket, {&byte, 1}, {&listener.value, 1});
  }
  return sent;
}

Sys<int> ReceiveListener(int socket) {
  std::byte byte{};
  int listener = -1;
  const Sys<size_t> got = ReceiveDatagram(socket, {&byte, 1}, {&listener, 1});
  return {listener, got.err};
}

// The call that waits for an answer from this process.
uint64_t pending_call = 0;

// Waits for a call, and returns the PID of its caller.
Sys<pid_t> Listen(int listener) {
  seccomp_notif call{};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
    return Sys<pid_t>::Failed(errno);
  }
  pending_call = call.id;
  return {static_cast<pid_t>(call.pid)};
}

int Answer(int listener, int value) {
  seccomp_notif_resp answer{};
  answer.id = pending_call;
  answer.val = value;
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

EXPERIMENT(
    ANotificationHasThePidThatTheListenerKnows,
    .claim =
        "A seccomp notification carries the caller's PID in the namespace of "
        "the process that receives it, and 0 if it has none there.",
    .verifies = {"X-6"},
    .sources = {"seccomp_unotify(2)", "kernel/seccomp.c seccomp_notify_recv()"},
    .needs = {KernelFeature("a seccomp listener (Linux 5.0), and none yet",
                            TryToListen)}) {
  const Process host = trial.Host();
  const Wire wire = trial.Must(ON(host, MakeWire()));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process caller = init.Clone("caller");
  const Process sibling = host.Clone("sibling", CLONE_NEWPID);

  trial.Step("Hand each getppid() of one process to three others");
  trial.Expect(ON(caller, getppid()), Eq(1));
  trial.Must(ON(caller, SendListener(wire.far, 3)));

  struct Listener {
    Process process;
    pid_t sees;
    const char* title;
  };
  for (const Listener& one :
       {Listener{init, 2, "Listen in the same namespace"},
        Listener{host, caller.PidIn(host), "Listen outside"},
        Listener{sibling, 0, "Listen in a sibling namespace"}}) {
    trial.Step(one.title);
    const int listener =
        trial.Must(ON(one.process, ReceiveListener(wire.near)));
    const auto asking = ON(caller, getppid());
    asking.Start();
    trial.Expect(ON(one.process, Listen(listener)), Eq(one.sees));
    trial.Must(ON(one.process, Answer(listener, 4711)));
    trial.Expect(asking.Await(), Eq(4711));
  }
}

}  // namespace
}  // namespace pidlab
