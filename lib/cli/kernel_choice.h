// Which kernel a virtual machine boots, as the user names it.

#ifndef PIDLAB_LIB_CLI_KERNEL_CHOICE_H_
#define PIDLAB_LIB_CLI_KERNEL_CHOICE_H_

#include <filesystem>
#include <string>

namespace pidlab {

// A kernel image: the file `name`; or the newest fetched one of the series or
// release of that name; or, for "", the image of the running kernel, else the
// newest that was fetched. Throws UsageError.
std::filesystem::path ChooseKernel(const std::string& name);

}  // namespace pidlab

#endif  // PIDLAB_LIB_CLI_KERNEL_CHOICE_H_
