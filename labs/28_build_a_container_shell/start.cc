// The container shell of tutorial 1: runs a command (bash, if none is given) as
// PID 1 of a new PID namespace, with its own /proc. Copy this file, and write
// the missing lines:
//
//   cp labs/28_build_a_container_shell/start.cc my_shell.cc
//   g++ -o my_shell my_shell.cc
//   ./pidlab grade --exe ./my_shell

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  char bash[] = "bash";
  char* shell[] = {bash, nullptr};
  char** command = argc > 1 ? argv + 1 : shell;

  if (unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) {
    perror("unshare");
    return 1;
  }
  // Whose mounts are these, and who sees what is mounted from here on?

  const pid_t child = fork();
  if (child < 0) {
    perror("fork");
    return 1;
  }
  if (child == 0) {
    // What becomes of this process when its parent is killed?
    if (mount("proc", "/proc", "proc", 0, nullptr) != 0) {
      perror("mount");
      exit(1);
    }
    execvp(command[0], command);
    // Which process comes here, and what does it do next?
  }

  int status = 0;
  wait(&status);
  printf("child exit\n");
  // What does the caller learn about the command?
  return 0;
}
