// A container shell: runs a command (bash, if none is given) as PID 1 of a new
// PID namespace, with its own /proc. It exits with the status of the command.
// If it is killed, nothing of the namespace is left.

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void Die(const char* what) {
  perror(what);
  _exit(125);  // like env(1): the command itself did not fail
}

// PID 1 of the new namespace: becomes the command.
[[noreturn]] void BecomeCommand(char** command, int parent) {
  // When the parent of PID 1 ends, the kernel kills PID 1, and then all other
  // processes of the namespace.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Die("prctl");
  // The parent may have ended before. getppid() is 0 in both cases, but the
  // pidfd of the parent shows it.
  pollfd ended = {.fd = parent, .events = POLLIN, .revents = 0};
  if (poll(&ended, 1, 0) != 0) _exit(125);

  // This is after the fork, since a proc mount shows the PID namespace of the
  // process that mounts it.
  constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("proc", "/proc", "proc", kFlags, nullptr) != 0) Die("mount");

  execvp(command[0], command);
  // execvp() returns only if it fails. Two processes must not run the rest of
  // main().
  const int status = errno == ENOENT ? 127 : 126;
  perror(command[0]);
  _exit(status);
}

}  // namespace

int main(int argc, char** argv) {
  char bash[] = "bash";
  char* shell[] = {bash, nullptr};
  char** command = argc > 1 ? argv + 1 : shell;

  const auto self = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
  if (self < 0) Die("pidfd_open");
  // This process stays in its PID namespace, but its children do not.
  if (unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) Die("unshare");
  // The new mounts are copies, and copies of shared mounts are shared. When
  // they are private, nothing that is mounted here is seen outside.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    Die("mount");
  }

  const pid_t child = fork();
  if (child < 0) Die("fork");
  if (child == 0) BecomeCommand(command, self);

  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) Die("waitpid");
  }
  // This is how a shell reports it.
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
