// A container shell: runs a command (bash, if none is given) as PID 1 of a new
// PID namespace, under a /proc of its own. It exits with the status of the
// command, and when it is killed nothing of the namespace is left.

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
  _exit(125);  // as env(1): it is not the command that failed
}

// PID 1 of the new namespace: becomes the command.
[[noreturn]] void BecomeCommand(char** command, int parent) {
  // The kernel kills PID 1 when its parent ends, and everybody else then.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Die("prctl");
  // It may have ended before. getppid() is 0 either way, its pidfd tells.
  pollfd ended = {.fd = parent, .events = POLLIN, .revents = 0};
  if (poll(&ended, 1, 0) != 0) _exit(125);

  // After the fork: a proc mount shows the namespace of who mounts it.
  constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("proc", "/proc", "proc", kFlags, nullptr) != 0) Die("mount");

  execvp(command[0], command);
  // Only a failure comes back. Two processes must not run the rest of main().
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
  // This process stays in its PID namespace, its children will not.
  if (unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) Die("unshare");
  // The new mounts are copies, and copies of shared mounts are shared: made
  // private, nothing that is mounted here is seen outside.
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
  // As a shell has it.
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
