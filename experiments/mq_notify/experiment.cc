// The signal that notifies of a message has the PID of the sender in the
// receiver's namespace.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "lib/linux/clone.h"
#include "lib/linux/signals.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// These use system calls: the functions of mq_overview(7) may need another
// library.

Sys<int> MakeQueue() {
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = 1;
  return FromErrno(static_cast<int>(
      syscall(SYS_mq_open, "queue", O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600,
              &attributes)));
}

// This makes a queue in an IPC namespace that is gone with its child.
Sys<int> TryQueues() {
  const Sys<Ending> ending =
      InChild(CLONE_NEWIPC, [] { return MakeQueue().err; });
  return {0, ending.ok() ? ending.value.number : ending.err};
}

// Asks for a signal at the next message in the empty queue. Only one process
// can ask.
long AskForSignal(int queue, int signal) {
  if (Block(signal) != 0) return -1;
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = signal;
  return syscall(SYS_mq_notify, queue, &event);
}

long SendMessage(int queue) {
  return syscall(SYS_mq_timedsend, queue, "x", 1, 0, nullptr);
}

long ReceiveMessage(int queue) {
  char byte;
  return syscall(SYS_mq_timedreceive, queue, &byte, 1, nullptr, nullptr);
}

Delivery MessageFrom(pid_t pid) { return {SIGUSR1, SI_MESGQ, pid, 0}; }

EXPERIMENT(
    ANotificationNamesItsSenderAsTheReceiverKnowsIt,
    .claim =
        "mq_notify(3) crosses PID namespaces: si_pid is the sender's PID in "
        "the namespace of the receiver, and 0 where it has none.",
    .verifies = {"X-2"},
    .sources = {"mq_notify(3)", "ipc/mqueue.c __do_notify()"},
    .needs = {KernelFeature("POSIX message queues (CONFIG_POSIX_MQUEUE)",
                            TryQueues)}) {
  const Process host = trial.Host();

  // The IPC namespace is new, so no other process has a queue of that name
  // there.
  trial.Step("Make a queue, and two namespaces that share it");
  const Process outer = host.Clone("outer", CLONE_NEWIPC);
  const int queue = trial.Must(ON(outer, MakeQueue()));
  const Process init = outer.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process sibling = outer.Clone("sibling", CLONE_NEWPID);
  trial.Expect(ON(sibling, getpid()), Eq(1));

  trial.Step("Send a message from the receiver's own namespace");
  trial.Must(ON(init, AskForSignal(queue, SIGUSR1)));
  trial.Expect(ON(member, SendMessage(queue)), Eq(0));
  trial.Expect(ON(init, TakePending(SIGUSR1)), Eq(MessageFrom(2)));
  trial.Must(ON(init, ReceiveMessage(queue)));

  trial.Step("Send one downwards");
  trial.Must(ON(init, AskForSignal(queue, SIGUSR1)));
  trial.Expect(ON(outer, SendMessage(queue)), Eq(0));
  trial.Expect(ON(init, TakePending(SIGUSR1)), Eq(MessageFrom(0)));
  trial.Must(ON(init, ReceiveMessage(queue)));

  trial.Step("Send one sideways");
  trial.Must(ON(init, AskForSignal(queue, SIGUSR1)));
  trial.Expect(ON(sibling, SendMessage(queue)), Eq(0));
  trial.Expect(ON(init, TakePending(SIGUSR1)), Eq(MessageFrom(0)));
  trial.Must(ON(init, ReceiveMessage(queue)));

  trial.Step("Send one upwards");
  trial.Must(ON(outer, AskForSignal(queue, SIGUSR1)));
  trial.Expect(ON(member, SendMessage(queue)), Eq(0));
  trial.Expect(ON(outer, TakePending(SIGUSR1)),
               Eq(MessageFrom(member.PidIn(outer))));
}

}  // namespace
}  // namespace pidlab
