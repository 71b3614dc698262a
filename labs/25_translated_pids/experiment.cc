// A process gets PIDs not only by system calls that take or return one, but
// also in messages, with locks, on terminals. The kernel translates them for
// the process that reads them, and gives 0 if there is no PID in its namespace.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>  // posix_openpt()
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <string>

#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/place.h"
#include "lib/linux/procfs.h"
#include "lib/linux/socket.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// Two connected sockets. Processes that are cloned later inherit both.
struct Sockets {
  int near = -1;
  int far = -1;
};

Sys<Sockets> Connect() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return Sys<Sockets>::Failed(errno);
  }
  return {{ends[0], ends[1]}};
}

// From now on each message comes with its sender.
int EnablePassCredentials(int socket) {
  const int on = 1;
  return setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
}

// Sends a message to which the kernel adds the sender.
ssize_t Send(int socket) { return send(socket, "x", 1, MSG_NOSIGNAL); }

// The control message in which a sender gives its credentials, and a receiver
// gets them.
struct Signature {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(ucred))] = {};
};

ssize_t SendAs(pid_t pid, int socket) {
  char byte = 'x';
  iovec data{.iov_base = &byte, .iov_len = 1};
  Signature signature;
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = signature.bytes;
  message.msg_controllen = sizeof(signature.bytes);
  const ucred sender{.pid = pid, .uid = getuid(), .gid = getgid()};
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_CREDENTIALS;
  header->cmsg_len = CMSG_LEN(sizeof(sender));
  memcpy(CMSG_DATA(header), &sender, sizeof(sender));
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// The sender's PID in the next message.
Sys<pid_t> SenderOfNext(int socket) {
  char byte;
  iovec data{.iov_base = &byte, .iov_len = 1};
  Signature signature;
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = signature.bytes;
  message.msg_controllen = sizeof(signature.bytes);
  if (recvmsg(socket, &message, 0) < 0) return Sys<pid_t>::Failed(errno);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_CREDENTIALS) {
    return Sys<pid_t>::Failed(ENODATA);
  }
  ucred sender{};
  memcpy(&sender, CMSG_DATA(header), sizeof(sender));
  return {sender.pid};
}

EXPERIMENT(MessagesAreSignedForTheReader,
           .claim =
               "The PID that comes with a message is the sender's as the "
               "receiver sees it, 0 if it does not.",
           .verifies = {"D-72"},
           .sources = {"unix(7), SCM_CREDENTIALS",
                       "net/core/sock.c cred_to_ucred()",
                       "net/core/scm.c __scm_send()"}) {
  const Process host = trial.Host();
  const Sockets wire = trial.Must(ON(host, Connect()));
  const int outside = wire.near;
  const int inside = wire.far;
  trial.Must(ON(host, EnablePassCredentials(outside)));
  trial.Must(ON(host, EnablePassCredentials(inside)));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("Let init and host write to each other");
  trial.Expect(ON(init, Send(inside)), Eq(1));
  trial.Expect(ON(host, SenderOfNext(outside)), Eq(3));
  trial.Expect(ON(host, Send(outside)), Eq(1));
  trial.Expect(ON(init, SenderOfNext(inside)), Eq(0));

  trial.Step("Let init sign as itself, and then as member");
  trial.Expect(ON(init, SendAs(1, inside)), Eq(1));
  trial.Expect(ON(host, SenderOfNext(outside)), Eq(3));
  trial.Expect(ON(init, SendAs(2, inside)), Eq(1));
  trial.Expect(ON(host, SenderOfNext(outside)), Eq(4));

  trial.Step("Let init sign with a number that nobody has inside");
  trial.Expect(ON(init, SendAs(3, inside)), Fails{ESRCH});
  trial.Expect(ON(init, SendAs(0, inside)), Fails{ESRCH});
}

// SO_PEERCRED: the process that has connected the other end.
Sys<pid_t> PeerOf(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  const int err = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
                      ? 0
                      : errno;
  return {peer.pid, err};
}

Sys<size_t> HandOver(int fd, int socket) {
  const std::byte byte{};
  return SendDatagram(socket, std::span(&byte, 1), std::span(&fd, 1));
}

Sys<int> TakeOver(int socket) {
  std::byte byte{};
  int fd = -1;
  const auto size =
      ReceiveDatagram(socket, std::span(&byte, 1), std::span(&fd, 1));
  return {fd, size.err};
}

EXPERIMENT(
    ThePeerIsNamedForWhoAsks,
    .claim =
        "SO_PEERCRED gives the PID of the peer as who asks sees it, 0 if "
        "it does not.",
    .verifies = {"D-72"},
    .sources = {"unix(7), SO_PEERCRED", "net/core/sock.c cred_to_ucred()"}) {
  const Process host = trial.Host();
  const Sockets wire = trial.Must(ON(host, Connect()));
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Ask both ends of what the host has connected");
  trial.Expect(ON(host, PeerOf(wire.near)), Eq(2));
  trial.Expect(ON(init, PeerOf(wire.far)), Eq(0));

  trial.Step("Let init connect two, and hand one to the host");
  const Sockets other = trial.Must(ON(init, Connect()));
  trial.Must(ON(init, HandOver(other.far, wire.far)));
  const int handed = trial.Must(ON(host, TakeOver(wire.near)));
  trial.Expect(ON(init, PeerOf(other.near)), Eq(1));
  trial.Expect(ON(host, PeerOf(handed)), Eq(3));
}

int SetLock(int file, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return fcntl(file, F_SETLK, &lock);
}

// F_GETLK: the other process that holds a lock.
Sys<pid_t> LockHolder(int file) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(file, F_GETLK, &lock) != 0) return Sys<pid_t>::Failed(errno);
  return {lock.l_pid, lock.l_type == F_UNLCK ? ENOLCK : 0};
}

EXPERIMENT(LocksAndOwnersAreNamedForWhoAsks,
           .claim =
               "F_GETLK and F_GETOWN give a PID as who asks sees it, 0 if it "
               "does not: 0 does not mean that there is nobody.",
           .verifies = {"D-73"},
           .sources = {"fcntl(2), Advisory record locking; Managing signals",
                       "fs/locks.c locks_translate_pid()",
                       "fs/fcntl.c f_getown()"}) {
  const Process host = trial.Host();
  const int file = trial.Must(ON(host, memfd_create("file", MFD_CLOEXEC)));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("Let the host lock a file, and ask who holds the lock");
  trial.Expect(ON(init, LockHolder(file)), Fails{ENOLCK});
  trial.Must(ON(host, SetLock(file, F_WRLCK)));
  trial.Expect(ON(init, LockHolder(file)), Eq(0));
  trial.Expect(ON(init, SetLock(file, F_WRLCK)), Fails{EAGAIN});

  trial.Step("Let init lock it instead");
  trial.Must(ON(host, SetLock(file, F_UNLCK)));
  trial.Must(ON(init, SetLock(file, F_WRLCK)));
  trial.Expect(ON(host, LockHolder(file)), Eq(3));
  trial.Expect(ON(member, LockHolder(file)), Eq(1));

  trial.Step("Make the host the owner of the file, then init");
  trial.Must(ON(host, fcntl(file, F_SETOWN, getpid())));
  trial.Expect(ON(host, fcntl(file, F_GETOWN)), Eq(2));
  trial.Expect(ON(init, fcntl(file, F_GETOWN)), Eq(0));
  trial.Must(ON(init, fcntl(file, F_SETOWN, getpid())));
  trial.Expect(ON(host, fcntl(file, F_GETOWN)), Eq(3));
  trial.Expect(ON(init, fcntl(file, F_GETOWN)), Eq(1));
}

int Add(int semaphores) {
  sembuf operation{.sem_num = 0, .sem_op = 1, .sem_flg = 0};
  return semop(semaphores, &operation, 1);
}
int LastOperator(int semaphores) { return semctl(semaphores, 0, GETPID); }

struct Message {
  long type = 1;
  char byte = 'x';
};

int PutMessage(int queue) {
  const Message message;
  return msgsnd(queue, &message, 1, 0);
}
ssize_t TakeMessage(int queue) {
  Message message;
  return msgrcv(queue, &message, 1, 0, 0);
}

Sys<pid_t> LastSender(int queue) {
  msqid_ds status{};
  const int err = msgctl(queue, IPC_STAT, &status) == 0 ? 0 : errno;
  return {status.msg_lspid, err};
}
Sys<pid_t> LastReceiver(int queue) {
  msqid_ds status{};
  const int err = msgctl(queue, IPC_STAT, &status) == 0 ? 0 : errno;
  return {status.msg_lrpid, err};
}

int Attach(int segment) {
  const void* const address = shmat(segment, nullptr, 0);
  return reinterpret_cast<intptr_t>(address) == -1 ? -1 : 0;
}

Sys<pid_t> Creator(int segment) {
  shmid_ds status{};
  const int err = shmctl(segment, IPC_STAT, &status) == 0 ? 0 : errno;
  return {status.shm_cpid, err};
}
Sys<pid_t> LastUser(int segment) {
  shmid_ds status{};
  const int err = shmctl(segment, IPC_STAT, &status) == 0 ? 0 : errno;
  return {status.shm_lpid, err};
}

EXPERIMENT(SystemVRemembersProcessesNotNumbers,
           .claim =
               "Semaphores, message queues and shared memory of System V name "
               "who has used them as who asks sees it, or 0.",
           .verifies = {"D-73", "X-7"},
           .sources = {"semctl(2), msgctl(2), shmctl(2)",
                       "ipc/sem.c semctl_main()", "ipc/msg.c msgctl_stat()",
                       "ipc/shm.c shmctl_stat()"}) {
  const Process host = trial.Host();
  // The IPC namespace is new, so what is made here is gone with the chamber.
  trial.Must(ON(host, unshare(CLONE_NEWIPC)));
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Let the host, then init, add to a semaphore");
  const int semaphores = trial.Must(ON(host, semget(IPC_PRIVATE, 1, 0600)));
  trial.Must(ON(host, Add(semaphores)));
  trial.Expect(ON(host, LastOperator(semaphores)), Eq(2));
  trial.Expect(ON(init, LastOperator(semaphores)), Eq(0));
  trial.Must(ON(init, Add(semaphores)));
  trial.Expect(ON(host, LastOperator(semaphores)), Eq(3));
  trial.Expect(ON(init, LastOperator(semaphores)), Eq(1));

  trial.Step("Send a message from the host to init");
  const int queue = trial.Must(ON(host, msgget(IPC_PRIVATE, 0600)));
  trial.Must(ON(host, PutMessage(queue)));
  trial.Must(ON(init, TakeMessage(queue)));
  trial.Expect(ON(host, LastSender(queue)), Eq(2));
  trial.Expect(ON(host, LastReceiver(queue)), Eq(3));
  trial.Expect(ON(init, LastSender(queue)), Eq(0));
  trial.Expect(ON(init, LastReceiver(queue)), Eq(1));

  trial.Step("Share memory of the host with init");
  const int segment = trial.Must(ON(host, shmget(IPC_PRIVATE, 4096, 0600)));
  trial.Must(ON(init, Attach(segment)));
  trial.Expect(ON(host, Creator(segment)), Eq(2));
  trial.Expect(ON(host, LastUser(segment)), Eq(3));
  trial.Expect(ON(init, Creator(segment)), Eq(0));
  trial.Expect(ON(init, LastUser(segment)), Eq(1));
}

Need PseudoTerminal() {
  return {"a pseudo-terminal", [](Chamber&) -> std::optional<Skip> {
            const Fd terminal(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
            if (terminal.valid()) return {};
            return Skip{.code = Skip::Code::kResource,
                        .needs = "a pseudo-terminal",
                        .probed = "posix_openpt() -> " + DescribeErrno(errno),
                        .to_run = "where /dev/ptmx is there"};
          }};
}

// Opens a terminal that controls the session of the caller. Its other end stays
// open, as in a terminal emulator.
int OpenTerminal() {
  constexpr int kFlags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  const int emulator = posix_openpt(kFlags);
  if (emulator < 0 || unlockpt(emulator) != 0) return -1;
  const int terminal = ioctl(emulator, TIOCGPTPEER, kFlags);
  return ioctl(terminal, TIOCSCTTY, 0) == 0 ? terminal : -1;
}

EXPERIMENT(ATerminalMayBelongToSomebodyOutside,
           .claim =
               "tcgetpgrp() and tcgetsid() say 0 inside while the foreground "
               "group and the session of the terminal are led from outside.",
           .verifies = {"D-75"},
           .sources = {"tcgetpgrp(3)", "tcgetsid(3)",
                       "drivers/tty/tty_jobctrl.c tiocgpgrp(), tiocgsid()"},
           .needs = {PseudoTerminal()}) {
  const Process host = trial.Host();
  const Process shell = host.Clone("shell");

  trial.Step("Open a terminal for a session, and an init in it");
  trial.Must(ON(shell, setsid()));
  const int terminal = trial.Must(ON(shell, OpenTerminal()));
  const Process init = shell.Clone("init", CLONE_NEWPID);
  trial.Expect(ON(shell, tcgetpgrp(terminal)), Eq(3));
  trial.Expect(ON(shell, tcgetsid(terminal)), Eq(3));

  trial.Step("Let init ask who is in the foreground");
  trial.Expect(ON(init, tcgetpgrp(terminal)), Eq(0));
  trial.Expect(ON(init, tcgetsid(terminal)), Eq(0));
  trial.Expect(ON(init, getsid(0)), Eq(0));

  trial.Step("Put init into a group of its own, and that in the foreground");
  const pid_t init_pid = init.PidIn(shell);
  trial.Must(ON(init, setpgid(0, 0)));
  trial.Expect(ON(shell, tcsetpgrp(terminal, init_pid)), Eq(0));
  trial.Expect(ON(shell, tcgetpgrp(terminal)), Eq(4));
  trial.Expect(ON(init, tcgetpgrp(terminal)), Eq(1));
  trial.Expect(ON(init, tcgetsid(terminal)), Eq(0));
}

int IsReadable(int fd) {
  pollfd file{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&file, 1, 0);
}

int ReapByPidfd(int pidfd) {
  return waitid(P_PIDFD, static_cast<id_t>(pidfd), nullptr, WEXITED);
}

EXPERIMENT(
    APidfdFromOutsideIsAlmostUseless,
    .claim =
        "With a pidfd of somebody outside one cannot send a signal, join "
        "or wait for the status, but one can wait for the end.",
    .verifies = {"D-74"},
    .sources = {"pidfd_send_signal(2), ERRORS", "setns(2)",
                "kernel/signal.c access_pidfd_pidns()"}) {
  const Process host = trial.Host();
  const Process stranger = host.Clone("stranger");
  const pid_t stranger_pid = stranger.PidIn(host);
  const int pidfd = trial.Must(ON(host, PidfdOpen(stranger_pid)));
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Let init use a pidfd that it has inherited");
  trial.Expect(ON(host, PidfdSendSignal(pidfd, 0)), Succeeds{});
  trial.Expect(ON(init, PidfdSendSignal(pidfd, 0)), Fails{EINVAL});
  trial.Expect(ON(init, PidfdSendSignal(pidfd, SIGTERM)), Fails{EINVAL});
  trial.Expect(ON(init, setns(pidfd, CLONE_NEWPID)), Fails{EINVAL});
  trial.Expect(ON(init, ReapByPidfd(pidfd)), Fails{ECHILD});

  trial.Step("Let init try to open one itself");
  trial.Expect(ON(init, PidfdOpen(stranger_pid)), Fails{ESRCH});

  trial.Step("Let the stranger end, and see that init is told");
  trial.Expect(ON(init, IsReadable(pidfd)), Eq(0));
  stranger.Exit(0);
  trial.Must(host.Reap(stranger));
  trial.Expect(ON(init, IsReadable(pidfd)), Eq(1));
}

// Mounts only one level below `outside`, where the caller has its own mounts:
// see CLONE_NEWNS.
int MountProc(Place outside) {
  if (getpid() != 1 || !IsOneLevelBelow(outside)) {
    errno = EPERM;
    return -1;
  }
  return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
               nullptr);
}

EXPERIMENT(FdinfoKnowsThePidsBehindAPidfd,
           .claim =
               "/proc/self/fdinfo shows the PIDs behind a pidfd from the "
               "namespace of the mount on, 0 for who is not in it, -1 for who "
               "is gone.",
           .verifies = {"X-8", "D-74"},
           .sources = {"proc(5), /proc/[pid]/fdinfo",
                       "fs/pidfs.c pidfd_show_fdinfo()"},
           .needs = {FreshProc()}) {
  const Process host = trial.Host();
  const Process sibling = host.Clone("sibling", CLONE_NEWPID);
  const int of_host = trial.Must(ON(host, PidfdOpen(2)));
  const int of_sibling = trial.Must(ON(host, PidfdOpen(3)));
  const Process init = host.Clone("init", CLONE_NEWPID | CLONE_NEWNS);
  const int own = trial.Must(ON(init, PidfdOpen(1)));
  const Place outside = trial.Must(ON(host, OwnPlace()));

  trial.Step("Read in the /proc of the host what is behind the pidfds");
  trial.Expect(ON(host, ReadPidfdInfo(of_host)), Eq(PidChain{2}));
  trial.Expect(ON(host, ReadPidfdInfo(of_sibling)), Eq(PidChain{3, 1}));
  trial.Expect(ON(init, ReadPidfdInfo(of_sibling)), Eq(PidChain{3, 1}));

  trial.Step("Let init mount its own /proc, and read again");
  trial.Expect(ON(init, MountProc(outside)), Eq(0));
  trial.Expect(ON(init, ReadPidfdInfo(of_host)), Eq(PidChain{0}));
  trial.Expect(ON(init, ReadPidfdInfo(of_sibling)), Eq(PidChain{0}));
  trial.Expect(ON(init, ReadPidfdInfo(own)), Eq(PidChain{1}));

  trial.Step("Let the sibling end");
  sibling.Exit(0);
  trial.Must(host.Reap(sibling));
  trial.Expect(ON(host, ReadPidfdInfo(of_sibling)), Eq(PidChain{-1}));
  trial.Expect(ON(init, ReadPidfdInfo(of_sibling)), Eq(PidChain{-1}));
}

using Path = Text<256>;

// The file of the runner's cgroup, which is that of the whole trial; "" if
// there is no cgroup2, or if only another part of it is mounted.
std::string OwnCgroupProcs() {
  std::optional<std::string> group;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) group = line.substr(3);
  }
  // 31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (!group || line.find(" - cgroup2 ") == line.npos) continue;
    std::istringstream words(line);
    std::string id, parent, device, top, place;
    words >> id >> parent >> device >> top >> place;
    if (top == "/") top = "";
    if (group->starts_with(top)) {
      return place + group->substr(top.size()) + "/cgroup.procs";
    }
  }
  return "";
}

// How often a cgroup.procs has one number, and how often it has numbers other
// than this and 0.
struct Listing {
  int found = 0;
  int others = 0;
};

Sys<Listing> Read(Path procs, pid_t wanted) {
  char name[Path::capacity() + 1] = {};
  procs.view().copy(name, Path::capacity());
  const Fd file(open(name, O_RDONLY | O_CLOEXEC));
  Listing listing;
  char text[4096];
  ssize_t size = 0;
  pid_t number = 0;
  while ((size = read(file.get(), text, sizeof(text))) > 0) {
    for (const char c : std::span(text, static_cast<size_t>(size))) {
      if (c != '\n') {
        number = number * 10 + (c - '0');
        continue;
      }
      if (number == wanted) ++listing.found;
      if (number != wanted && number != 0) ++listing.others;
      number = 0;
    }
  }
  return {listing, size < 0 ? errno : 0};
}

Sys<int> TimesListed(Path procs, pid_t pid) {
  return Read(procs, pid).Get(&Listing::found);
}
Sys<int> OthersListed(Path procs, pid_t pid) {
  return Read(procs, pid).Get(&Listing::others);
}

Need Cgroup2() {
  return {"cgroup2", [](Chamber& chamber) -> std::optional<Skip> {
            const std::string path = OwnCgroupProcs();
            if (path.empty() || path.size() > Path::capacity()) {
              return Skip{
                  .code = Skip::Code::kResource,
                  .needs = "a cgroup2 mount with the own group",
                  .probed = "found none in /proc/self/mountinfo",
                  .to_run = "where cgroup2 is mounted, on /sys/fs/cgroup say"};
            }
            const Path procs(path);
            const Process host(&chamber, &chamber.host());
            const auto seen = ON(host, TimesListed(procs, getpid())).Run();
            if (seen.ok() && seen.value == 1) return {};
            return Skip{.code = Skip::Code::kResource,
                        .needs = "the members of the own cgroup",
                        .probed = "read " + path + " -> " +
                                  (seen.ok() ? "without the reader"
                                             : DescribeErrno(seen.err)),
                        .to_run = "where this file can be read"};
          }};
}

EXPERIMENT(ACgroupListsOutsidersAsZero,
           .claim =
               "cgroup.procs lists the members of a cgroup with their PIDs as "
               "the reader sees them, and those that it does not see as 0.",
           .verifies = {"D-76"},
           .sources = {"cgroups(7)",
                       "kernel/cgroup/cgroup.c cgroup_procs_show()"},
           .needs = {Cgroup2()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Path procs(OwnCgroupProcs());

  trial.Step("Look for host and init in their cgroup, from outside");
  trial.Expect(ON(host, TimesListed(procs, 2)), Eq(1));
  trial.Expect(ON(host, TimesListed(procs, 3)), Eq(1));

  trial.Step("Look from inside");
  trial.Expect(ON(init, TimesListed(procs, 1)), Eq(1));
  trial.Expect(ON(init, OthersListed(procs, 1)), Eq(0));
  trial.Expect(ON(init, TimesListed(procs, 0).value >= 2), Eq(true));
}

// The PID of the child, as its parent sees it.
Sys<pid_t> ForkAndReap() {
  const Sys<pid_t> child = Clone3(0);
  if (child.ok() && child.value == 0) _exit(0);
  if (child.ok()) (void)WaitFor(child.value);
  return child;
}

long FollowForks(pid_t pid) {
  return ptrace(PTRACE_SEIZE, pid, nullptr, PTRACE_O_TRACEFORK);
}

// The PID of the child, as the kernel reports it to the tracer. Then both
// processes are detached.
Sys<pid_t> AwaitFork(pid_t parent) {
  int status = 0;
  if (waitpid(parent, &status, __WALL) != parent) {
    return Sys<pid_t>::Failed(errno);
  }
  if (status >> 8 != (SIGTRAP | PTRACE_EVENT_FORK << 8)) {
    return Sys<pid_t>::Failed(EPROTO);
  }
  unsigned long message = 0;
  ptrace(PTRACE_GETEVENTMSG, parent, nullptr, &message);
  const auto child = static_cast<pid_t>(message);
  waitpid(child, nullptr, __WALL);  // it is traced at once, and stops
  ptrace(PTRACE_DETACH, child, nullptr, nullptr);
  ptrace(PTRACE_DETACH, parent, nullptr, nullptr);
  return {child};
}

EXPERIMENT(
    ATracerIsToldNumbersOfItsOwn,
    .claim =
        "A tracer is told the PID of a new process as it sees it itself, "
        "not as the process or its parent does.",
    .verifies = {"D-77"},
    .sources = {"ptrace(2), PTRACE_GETEVENTMSG",
                "include/linux/ptrace.h ptrace_event_pid()"},
    .needs = {Tracing()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t member_pid = member.PidIn(host);

  trial.Step("Trace member from outside, and let it fork");
  trial.Expect(ON(host, FollowForks(member_pid)), Eq(0));
  const auto forking = ON(member, ForkAndReap());
  forking.Start();
  trial.Expect(ON(host, AwaitFork(member_pid)), Eq(member_pid + 1));
  trial.Expect(forking.Await(), Eq(3));

  trial.Step("Trace it from inside, and let it fork again");
  trial.Expect(ON(init, FollowForks(2)), Eq(0));
  forking.Start();
  trial.Expect(ON(init, AwaitFork(2)), Eq(4));
  trial.Expect(forking.Await(), Eq(4));
}

}  // namespace
}  // namespace pidlab
