// What a process can ask the kernel about PID namespaces with ioctl(2): which
// namespace is the parent of another, which PID a process has in it, how a
// process has ended. Every answer is from the point of view of the process that
// asks.

#include "lib/trial/experiment.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/linux/clone.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"
#include "lib/linux/thread.h"

namespace pidlab {
namespace {

using ::testing::Eq;

// poll(2): 1 if a read would find something now, else 0.
int IsReadable(int fd) {
  pollfd file{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&file, 1, 0);
}

int WaitUntilReadable(int fd) {
  pollfd file{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&file, 1, -1);
}

struct Reaped {
  pid_t pid = 0;
  Ending ending;

  friend bool operator==(const Reaped&, const Reaped&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Reaped& reaped) {
    return out << "PID " << reaped.pid << ", " << reaped.ending;
  }
};

Sys<Reaped> ReapByPidfd(int pidfd) {
  siginfo_t child{};
  if (waitid(P_PIDFD, static_cast<id_t>(pidfd), &child, WEXITED) != 0) {
    return Sys<Reaped>::Failed(errno);
  }
  return {{child.si_pid, EndingOf(child)}};
}

EXPERIMENT(APidfdOfPidOneTellsWhenAllAreGone,
           .claim =
               "A pidfd of PID 1 becomes readable when everybody in its "
               "namespace is gone, and waitid() reaps by it.",
           .verifies = {"D-63"},
           .sources = {"pidfd_open(2)", "wait(2), waitid()",
                       "kernel/exit.c exit_notify()"}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t init_pid = init.PidIn(host);

  trial.Step("Open a pidfd of init, and poll it");
  const int pidfd = trial.Must(ON(host, PidfdOpen(init_pid)));
  trial.Expect(ON(host, IsReadable(pidfd)), Eq(0));
  trial.Expect(host.Kill(member, 0), Eq(0));

  trial.Step("Let init end while the host waits for its pidfd");
  const auto waiting = ON(host, WaitUntilReadable(pidfd));
  waiting.Start();
  init.Exit(11);
  trial.Expect(waiting.Await(), Eq(1));
  trial.Expect(host.Kill(member, 0), Fails{ESRCH});

  trial.Step("Reap init by the pidfd");
  trial.Expect(ON(host, ReapByPidfd(pidfd)), Eq(Reaped{init_pid, Exited(11)}));
  trial.Expect(ON(host, ReapByPidfd(pidfd)), Fails{ECHILD});
}

// The namespace behind a descriptor.
Sys<NamespaceId> IdOf(int fd) {
  struct stat file {};
  if (fstat(fd, &file) != 0) return Sys<NamespaceId>::Failed(errno);
  return {{file.st_dev, file.st_ino}};
}

// The CLONE_NEW* flag that makes such a namespace.
int TypeOf(const char* path) {
  const Fd file(open(path, O_RDONLY | O_CLOEXEC));
  return ioctl(file.get(), NS_GET_NSTYPE);
}

// The namespace that `question` leads to, from the one that the path means.
Sys<NamespaceId> Follow(const char* path, unsigned long question) {
  const Fd file(open(path, O_RDONLY | O_CLOEXEC));
  const Fd answer(ioctl(file.get(), question));
  if (!answer.valid()) return Sys<NamespaceId>::Failed(errno);
  return IdOf(answer.get());
}

Sys<bool> IsParent(const char* parent, const char* child) {
  const Sys<NamespaceId> answer = Follow(child, NS_GET_PARENT);
  return {answer.value == ReadNamespace(parent).value, answer.err};
}

Sys<bool> IsOwner(const char* user_namespace, const char* owned) {
  const Sys<NamespaceId> answer = Follow(owned, NS_GET_USERNS);
  return {answer.value == ReadNamespace(user_namespace).value, answer.err};
}

int AskForOwnerUid(const char* path) {
  const Fd file(open(path, O_RDONLY | O_CLOEXEC));
  uid_t owner = 0;
  return ioctl(file.get(), NS_GET_OWNER_UID, &owner);
}

// The number of the namespace's ancestors that the caller can see.
int CountAncestors(const char* path) {
  Fd file(open(path, O_RDONLY | O_CLOEXEC));
  int ancestors = -1;
  for (; file.valid(); ++ancestors) {
    file = Fd(ioctl(file.get(), NS_GET_PARENT));
  }
  return ancestors;
}

EXPERIMENT(
    NobodyIsToldWhatIsAboveThem,
    .claim =
        "The kernel tells type, parent and owner of a PID namespace, but "
        "no parent that is above the asker's own.",
    .verifies = {"D-57"},
    .sources = {"ioctl_ns(2)", "pid_namespaces(7)",
                "kernel/pid_namespace.c pidns_get_parent()"},
    .needs = {FreshProc()}) {
  const Process host = trial.Host();

  trial.Step("Nest two namespaces, and ask for the type of their files");
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);
  trial.Expect(ON(host, TypeOf("/proc/4/ns/pid") == CLONE_NEWPID), Eq(true));
  trial.Expect(ON(host, TypeOf("/proc/4/ns/user") == CLONE_NEWUSER), Eq(true));

  trial.Step("Ask for their parents, from outside");
  trial.Expect(ON(host, IsParent("/proc/3/ns/pid", "/proc/4/ns/pid")),
               Eq(true));
  trial.Expect(ON(host, IsParent("/proc/2/ns/pid", "/proc/3/ns/pid")),
               Eq(true));
  trial.Expect(ON(host, IsParent("/proc/2/ns/pid", "/proc/4/ns/pid")),
               Eq(false));
  trial.Expect(ON(host, CountAncestors("/proc/4/ns/pid")), Eq(2));

  trial.Step("Ask the same from inside");
  trial.Expect(ON(init, CountAncestors("/proc/4/ns/pid")), Eq(1));
  trial.Expect(ON(nested_init, CountAncestors("/proc/4/ns/pid")), Eq(0));
  trial.Expect(ON(nested_init, Follow("/proc/4/ns/pid", NS_GET_PARENT)),
               Fails{EPERM});
  trial.Expect(ON(host, Follow("/proc/2/ns/pid", NS_GET_PARENT)), Fails{EPERM});

  trial.Step("Ask who owns them");
  trial.Expect(ON(host, IsOwner("/proc/2/ns/user", "/proc/4/ns/pid")),
               Eq(true));
  trial.Expect(ON(host, AskForOwnerUid("/proc/2/ns/user")), Eq(0));
  trial.Expect(ON(host, AskForOwnerUid("/proc/4/ns/pid")), Fails{EINVAL});
}

// <linux/pidfd.h> has this since Linux 6.11.
constexpr unsigned long kPidfdGetPidNamespace = _IO(0xFF, 5);

// Opens the file that /proc/PID/ns/pid would be, without any /proc.
Sys<int> OpenNamespaceOf(pid_t pid, int argument = 0) {
  const Sys<int> pidfd = PidfdOpen(pid);
  if (!pidfd.ok()) return pidfd;
  const Fd closed_at_last(pidfd.value);
  return FromErrno(ioctl(pidfd.value, kPidfdGetPidNamespace, argument));
}

Sys<int> ProbePidfdGetPidNamespace() {
  const Sys<int> file = OpenNamespaceOf(getpid());
  const Fd closed_at_last(file.value);
  return file;
}

Need NamespaceFromPidfd() {
  return KernelFeature("PIDFD_GET_PID_NAMESPACE (Linux 6.11)",
                       &ProbePidfdGetPidNamespace);
}

Sys<bool> AreEqual(int one, int other) {
  const Sys<NamespaceId> id = IdOf(one);
  return {id.value == IdOf(other).value, id.err};
}

Sys<bool> IsParentOf(int parent, int child) {
  const Fd answer(ioctl(child, NS_GET_PARENT));
  if (!answer.valid()) return Sys<bool>::Failed(errno);
  return AreEqual(parent, answer.get());
}

EXPERIMENT(
    APidfdLeadsToTheNamespace,
    .claim = "A pidfd gives the PID namespace of its process, without /proc.",
    .verifies = {"D-57"},
    .sources = {"<linux/pidfd.h> PIDFD_GET_PID_NAMESPACE",
                "fs/pidfs.c pidfd_ioctl()"},
    .needs = {NamespaceFromPidfd()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const pid_t init_pid = init.PidIn(host);
  const pid_t member_pid = member.PidIn(host);

  trial.Step("Take the namespaces from pidfds, and compare them");
  const int own = trial.Must(ON(host, OpenNamespaceOf(getpid())));
  const int of_init = trial.Must(ON(host, OpenNamespaceOf(init_pid)));
  const int of_member = trial.Must(ON(host, OpenNamespaceOf(member_pid)));
  trial.Expect(ON(host, AreEqual(of_init, of_member)), Eq(true));
  trial.Expect(ON(host, AreEqual(of_init, own)), Eq(false));
  trial.Expect(ON(host, IsParentOf(own, of_init)), Eq(true));

  trial.Step("Give the question an argument, which it does not have");
  trial.Expect(ON(host, OpenNamespaceOf(init_pid, 1)), Fails{EINVAL});
}

// <linux/nsfs.h> has these since Linux 6.11. FROM: the argument is a number of
// that namespace, and the answer one of the caller's; IN: the other way round.
constexpr unsigned long kGetPidFrom = _IOR(NSIO, 0x6, int);
constexpr unsigned long kGetTgidFrom = _IOR(NSIO, 0x7, int);
constexpr unsigned long kGetPidIn = _IOR(NSIO, 0x8, int);
constexpr unsigned long kGetTgidIn = _IOR(NSIO, 0x9, int);

pid_t TranslateFrom(int pid_namespace, pid_t pid) {
  return ioctl(pid_namespace, kGetPidFrom, pid);
}
pid_t TranslateInto(int pid_namespace, pid_t pid) {
  return ioctl(pid_namespace, kGetPidIn, pid);
}

Sys<int> ProbeTranslation() {
  const Sys<int> file = OpenNamespaceOf(getpid());
  const Fd closed_at_last(file.value);
  return file.ok() ? FromErrno(TranslateInto(file.value, getpid())) : file;
}

Need Translation() {
  return KernelFeature("NS_GET_PID_IN_PIDNS (Linux 6.11)", &ProbeTranslation);
}

EXPERIMENT(TheKernelTranslatesPids,
           .claim =
               "The kernel translates a PID between the caller's namespace and "
               "that of a descriptor, both ways; who has none there is ESRCH.",
           .verifies = {"D-07"},
           .sources = {"<linux/nsfs.h>", "fs/nsfs.c ns_ioctl()"},
           .needs = {NamespaceFromPidfd(), Translation()}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");
  const Process nested_init = init.Clone("nested-init", CLONE_NEWPID);
  const int outer = trial.Must(ON(host, OpenNamespaceOf(3)));
  const int inner = trial.Must(ON(host, OpenNamespaceOf(5)));

  trial.Step("Let the host translate inwards");
  trial.Expect(ON(host, TranslateInto(outer, 3)), Eq(1));
  trial.Expect(ON(host, TranslateInto(outer, 4)), Eq(2));
  trial.Expect(ON(host, TranslateInto(outer, 5)), Eq(3));
  trial.Expect(ON(host, TranslateInto(inner, 5)), Eq(1));

  trial.Step("Let the host, and then init, translate PID 1 of the innermost");
  trial.Expect(ON(host, TranslateFrom(inner, 1)), Eq(5));
  const int inner_of_init = trial.Must(ON(init, OpenNamespaceOf(3)));
  trial.Expect(ON(init, TranslateFrom(inner_of_init, 1)), Eq(3));

  trial.Step("Ask for who has no number there");
  trial.Expect(ON(host, TranslateInto(outer, getpid())), Fails{ESRCH});
  trial.Expect(ON(host, TranslateInto(inner, 4)), Fails{ESRCH});
  trial.Expect(ON(host, TranslateFrom(outer, 4)), Fails{ESRCH});

  trial.Step("Ask a namespace of another type");
  const int uts =
      trial.Must(ON(host, open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC)));
  trial.Expect(ON(host, TranslateInto(uts, 3)), Fails{EINVAL});
}

Sys<pid_t> AskInSecondThread(int pid_namespace, unsigned long question) {
  return InSecondThread([=] {
    return static_cast<pid_t>(ioctl(pid_namespace, question, gettid()));
  });
}

EXPERIMENT(ThreadsAreTranslatedToo,
           .claim =
               "The question with PID translates the number of a thread, the "
               "one with TGID gives that of its process.",
           .verifies = {"D-07"},
           .sources = {"<linux/nsfs.h>", "fs/nsfs.c ns_ioctl()"},
           .needs = {NamespaceFromPidfd(), Translation()}) {
  const Process host = trial.Host();
  // init and member inherit this descriptor: they may ask it, too.
  const int outside = trial.Must(ON(host, OpenNamespaceOf(getpid())));
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  trial.Step("Let a second thread of member ask for itself outside");
  trial.Expect(ON(member, TranslateInto(outside, getpid())), Eq(4));
  trial.Expect(ON(member, AskInSecondThread(outside, kGetPidIn)), Eq(5));
  trial.Expect(ON(member, AskInSecondThread(outside, kGetTgidIn)), Eq(4));

  trial.Step("Let another ask for itself in its own namespace");
  const int own = trial.Must(ON(member, OpenNamespaceOf(getpid())));
  trial.Expect(ON(member, AskInSecondThread(own, kGetTgidFrom)), Eq(2));
}

// <linux/pidfd.h> has these since Linux 6.13, kInfoExit since 6.15. This is the
// first version of the struct, 64 bytes long; every kernel understands it.
struct PidfdInfo {
  uint64_t mask = 0;  // what is asked for; then, what there is
  uint64_t cgroupid = 0;
  uint32_t pid = 0;
  uint32_t tgid = 0;
  uint32_t ppid = 0;
  uint32_t ids[8] = {};
  int32_t exit_code = 0;  // as in wait(2)
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr unsigned long kPidfdGetInfo = _IOWR(0xFF, 11, PidfdInfo);
constexpr uint64_t kInfoPid = 1 << 0;
constexpr uint64_t kInfoExit = 1 << 3;

// ENODATA if the kernel leaves out what was asked for.
Sys<PidfdInfo> Ask(int pidfd, uint64_t mask) {
  PidfdInfo info{.mask = mask};
  if (ioctl(pidfd, kPidfdGetInfo, &info) != 0) {
    return Sys<PidfdInfo>::Failed(errno);
  }
  return {info, (info.mask & mask) == mask ? 0 : ENODATA};
}

Sys<uint32_t> PidBehind(int pidfd) {
  return Ask(pidfd, kInfoPid).Get(&PidfdInfo::pid);
}
Sys<uint32_t> ParentBehind(int pidfd) {
  return Ask(pidfd, kInfoPid).Get(&PidfdInfo::ppid);
}

// The error is EREMOTE since Linux 7.0, and in older releases that are still
// maintained; before, it was ESRCH.
bool IsRefused(int pidfd) {
  const int err = Ask(pidfd, kInfoPid).err;
  return err == EREMOTE || err == ESRCH;
}

Sys<int> ProbePidfdInfo() {
  const Sys<int> pidfd = PidfdOpen(getpid());
  const Fd closed_at_last(pidfd.value);
  return {0, Ask(pidfd.value, kInfoPid).err};
}

EXPERIMENT(
    APidfdKnowsTheNumbersThatItsReaderSees,
    .claim =
        "What a pidfd says of PID and parent is in the namespace of who "
        "asks; who does not see the process is refused.",
    .verifies = {"D-96"},
    .sources = {"<linux/pidfd.h> PIDFD_GET_INFO", "fs/pidfs.c pidfd_info()"},
    .needs = {KernelFeature("PIDFD_GET_INFO (Linux 6.13)", &ProbePidfdInfo)}) {
  const Process host = trial.Host();
  const int of_host = trial.Must(ON(host, PidfdOpen(getpid())));
  const Process init = host.Clone("init", CLONE_NEWPID);

  trial.Step("Ask a pidfd of init, on both sides");
  const int seen_outside = trial.Must(ON(host, PidfdOpen(3)));
  trial.Expect(ON(host, PidBehind(seen_outside)), Eq(3U));
  trial.Expect(ON(host, ParentBehind(seen_outside)), Eq(2U));
  const int seen_inside = trial.Must(ON(init, PidfdOpen(1)));
  trial.Expect(ON(init, PidBehind(seen_inside)), Eq(1U));
  trial.Expect(ON(init, ParentBehind(seen_inside)), Eq(0U));

  trial.Step("Let init ask a pidfd of the host, which it has inherited");
  trial.Expect(ON(init, IsRefused(of_host)), Eq(true));
  trial.Expect(ON(host, PidBehind(of_host)), Eq(2U));
}

Sys<Ending> EndingBehind(int pidfd) {
  const Sys<PidfdInfo> info = Ask(pidfd, kInfoExit);
  const int status = info.value.exit_code;
  return {WIFEXITED(status) ? Exited(WEXITSTATUS(status))
                            : KilledBy(WTERMSIG(status)),
          info.err};
}

// Asks about a child that is reaped, since only such a process has an ending.
Sys<int> ProbeExitInfo() {
  int pidfd = -1;
  const Sys<pid_t> child = Clone3(0, &pidfd);
  if (child.ok() && child.value == 0) _exit(0);
  const Fd closed_at_last(pidfd);
  (void)WaitFor(child.value);
  return {0, EndingBehind(pidfd).err};
}

EXPERIMENT(
    APidfdRemembersHowItsProcessEnded,
    .claim =
        "A pidfd tells how its process ended, after it is reaped, and "
        "not only to the parent.",
    .verifies = {"D-96"},
    .sources = {"<linux/pidfd.h> PIDFD_INFO_EXIT", "fs/pidfs.c pidfs_exit()"},
    .needs = {KernelFeature("PIDFD_INFO_EXIT (Linux 6.15)", &ProbeExitInfo)}) {
  const Process host = trial.Host();
  const Process init = host.Clone("init", CLONE_NEWPID);
  const Process member = init.Clone("member");

  const pid_t init_pid = init.PidIn(host);
  const pid_t member_pid = member.PidIn(host);

  trial.Step("Open pidfds of both, and try to wait for member");
  const int of_init = trial.Must(ON(host, PidfdOpen(init_pid)));
  const int of_member = trial.Must(ON(host, PidfdOpen(member_pid)));
  trial.Expect(ON(host, EndingBehind(of_member)), Fails{ENODATA});
  trial.Expect(ON(host, WaitFor(member_pid)), Fails{ECHILD});

  trial.Step("Let init end, reap it, and ask how both have ended");
  init.Exit(9);
  trial.Must(host.Reap(init));
  trial.Expect(ON(host, EndingBehind(of_init)), Eq(Exited(9)));
  trial.Expect(ON(host, EndingBehind(of_member)), Eq(KilledBy(SIGKILL)));
}

}  // namespace
}  // namespace pidlab
