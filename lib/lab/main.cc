// The main() of pidlab and of every numbered lab: it has the commands that are
// linked in.

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <iostream>

#include "lib/host/error.h"
#include "lib/host/names.h"
#include "lib/lab/command_line.h"
#include "lib/trial/surroundings.h"

namespace pidlab {
namespace {

// Output that could not be written is a failure.
int AfterFlush(int exit_code) {
  errno = 0;
  if (std::cout.flush().good() && std::fflush(stdout) == 0 &&
      std::ferror(stdout) == 0) {
    return exit_code;
  }
  std::cerr << "pidlab: cannot write to the standard output"
            << (errno == 0 ? "" : ": " + DescribeErrno(errno)) << '\n';
  return exit_code == kEveryClaimHolds ? kHarnessFailed : exit_code;
}

int Main(int argc, char** argv) {
  try {
    return RunCommandLine(argc, argv);
  } catch (const Error& error) {
    if (!error.message.empty())
      std::cerr << "pidlab: " << error.message << '\n';
    return error.exit_code;
  } catch (const std::exception& error) {
    std::cerr << "pidlab: " << error.what() << '\n';
    return kHarnessFailed;
  }
}

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  pidlab::ResetRunner();
  // If a standard stream is closed, a file that is opened later must not take
  // its place.
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || open("/dev/null", O_RDWR) >= 0) continue;
    std::cerr << "pidlab: the standard stream " << fd
              << " is closed, and open(/dev/null) -> "
              << pidlab::DescribeErrno(errno) << '\n';
    return pidlab::kHarnessFailed;
  }
  return pidlab::AfterFlush(pidlab::Main(argc, argv));
}
