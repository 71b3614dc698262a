// Finds a program that is named without a slash.

#ifndef PIDLAB_LIB_HOST_FIND_PROGRAM_H_
#define PIDLAB_LIB_HOST_FIND_PROGRAM_H_

#include <string>
#include <string_view>

namespace pidlab {

// The folders in which a Linux system keeps its programs. The programs that a
// trial or a virtual machine runs are looked for here, whatever the user's PATH
// is.
inline constexpr std::string_view kUsualPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// The first executable file of that name in the folders of `path`, which are
// separated by colons, as execvp(3) would find it; "" if there is none.
std::string FindProgram(const std::string& name,
                        std::string_view path = kUsualPath);

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_FIND_PROGRAM_H_
