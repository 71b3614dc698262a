// A program for sanitized_test.sh, built with the address sanitizer: it ends
// with exit(3), where that looks for leaks.
//
//   sanitized ordinary    and has done nothing before
//   sanitized dead_init   after the first child that it had in a new PID
//                         namespace has ended

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "dead_init") == 0) {
    if (unshare(CLONE_NEWPID) != 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
      perror("unshare");
      return 77;
    }
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0 || waitpid(child, nullptr, 0) != child) return 78;
  }
  return 0;
}
