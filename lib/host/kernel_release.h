// The release of a kernel, as uname(2) reports it.

#ifndef PIDLAB_LIB_HOST_KERNEL_RELEASE_H_
#define PIDLAB_LIB_HOST_KERNEL_RELEASE_H_

#include <string>
#include <string_view>

namespace pidlab {

// "6.1" for "6.1.0-9-cloud-amd64"; "" if it does not begin with two numbers.
std::string KernelSeries(std::string_view release);

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_KERNEL_RELEASE_H_
