// Names for the numbers of the kernel, for output: errno(3), signal(7), the
// flags of clone(2).

#ifndef PIDLAB_LIB_HOST_NAMES_H_
#define PIDLAB_LIB_HOST_NAMES_H_

#include <cstdint>
#include <string>

namespace pidlab {

// "ENOMEM"; "errno 4711" for a number without a name.
std::string ErrnoName(int err);

// "ENOMEM (Cannot allocate memory)", in English whatever the locale is.
std::string DescribeErrno(int err);

// "SIGKILL"; "signal 34" for a real-time signal or a number without a name.
std::string SignalName(int signal);

// "0", or "CLONE_NEWPID|CLONE_NEWNS".
std::string CloneFlagNames(uint64_t flags);

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_NAMES_H_
