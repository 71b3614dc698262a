#include "lib/trial/agent.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lib/linux/clone.h"
#include "lib/linux/socket.h"
#include "lib/trial/wire.h"

namespace pidlab {
namespace {

[[noreturn]] void Serve();

// If this fails, the runner is gone, and receiving the next request shows that.
void Answer(const Reply& reply, std::span<const int> fds = {}) {
  const auto bytes = std::as_bytes(std::span(&reply, 1));
  (void)SendDatagram(kControlFd, bytes.first(WireSize(reply)), fds);
}

// Notices a fork(2), in both processes. A fork by a direct system call is found
// by the census of the chamber, if the copy stays.
bool serving = false;
bool forked = false;
[[maybe_unused]] const int watching_forks = pthread_atfork(
    nullptr, [] { forked = true; },
    [] {
      if (serving) _exit(0);
    });

void Call(const Request& request) {
  Reply reply;
  reply.sequence = request.sequence;
  reply.size = request.result_size;
  errno = 0;
  reply.err = request.thunk(request.payload, reply.payload);
  if (forked) reply.status = Reply::Status::kForked;
  Answer(reply);
}

void CloneChild(const Request& request, int control) {
  int pidfd = -1;
  const Sys<pid_t> child = Clone3(request.clone_flags, &pidfd);
  if (child.ok() && child.value == 0) {
    dup3(control, kControlFd, O_CLOEXEC);
    close(control);
    prctl(PR_SET_NAME, request.payload);
    // This answers no request. It says that the child is there, and has its
    // name.
    Answer(Reply());
    Serve();
  }
  close(control);
  Reply reply;
  reply.sequence = request.sequence;
  reply.err = child.err;
  reply.size = sizeof(child.value);
  memcpy(reply.payload, &child.value, sizeof(child.value));
  Answer(reply,
         child.ok() ? std::span<const int>(&pidfd, 1) : std::span<const int>());
  if (child.ok()) close(pidfd);
}

// Executes the program, or answers why it could not.
void Exec(const Request& request, std::span<const int> standard) {
  static constexpr size_t kMaxArguments = 64;
  char* arguments[kMaxArguments + 1] = {};
  size_t count = 0;
  const char* bytes = reinterpret_cast<const char*>(request.payload);
  for (size_t at = 0; at < request.size && count < kMaxArguments;
       at += strlen(bytes + at) + 1) {
    arguments[count++] = const_cast<char*>(bytes + at);
  }

  if (request.own_terminal) {
    setsid();
    ioctl(standard[0], TIOCSCTTY, 0);
  }
  for (int fd = 0; fd < 3; ++fd) dup2(standard[fd], fd);
  execvp(arguments[0], arguments);

  Reply reply;
  reply.sequence = request.sequence;
  reply.err = errno;
  Answer(reply);
  // Its standard descriptors have been replaced, so it cannot go on as before.
  _exit(127);
}

void Serve() {
  for (;;) {
    Request request;
    int fds[kMaxFdsInDatagram];
    const Sys<size_t> size = ReceiveDatagram(
        kControlFd, std::as_writable_bytes(std::span(&request, 1)), fds);
    // The runner has closed its end of the wire, or is gone.
    if (!size.ok() || size.value == 0) _exit(0);
    switch (request.verb) {
      case Request::Verb::kCall:
        Call(request);
        break;
      case Request::Verb::kClone:
        CloneChild(request, fds[0]);
        break;
      case Request::Verb::kExec:
        Exec(request, fds);
        break;
    }
  }
}

}  // namespace

void BecomeAgent(int control) {
  if (control != kControlFd) dup3(control, kControlFd, O_CLOEXEC);
  // This is done at once, because the runner's descriptors include the other
  // end of this wire. As long as that is open here, this process does not
  // notice that the runner is gone.
  close_range(kControlFd + 1, ~0U, 0);
  serving = true;
  forked = false;
  Serve();
}

}  // namespace pidlab
