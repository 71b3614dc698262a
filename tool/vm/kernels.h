// Debian's kernels, to be booted in a virtual machine: those that can be
// fetched, and those that were fetched. They are kept in $XDG_CACHE_HOME/pidlab
// (or ~/.cache/pidlab) and never installed. Only fetch_kernel.sh knows how to
// fetch one.

#ifndef PIDLAB_TOOL_VM_KERNELS_H_
#define PIDLAB_TOOL_VM_KERNELS_H_

#include <filesystem>
#include <string>
#include <vector>

namespace pidlab {

// The newest kernel of each series that Debian's archive has, oldest first: a
// line for each, with its series, its release and its suite. If a suite is
// being archived, perhaps only its index is left.
//
// Throws Error with what to do, Interrupted when `interrupt_fd` (which may be
// -1) becomes readable; so does FetchKernel(). Progress is printed on stderr.
// Only one process at a time can do either: others wait.
std::string FetchableKernels(int interrupt_fd);

// Downloads the newest kernel of a series ("6.1") that can be had into the
// cache, unless it is there, and returns its path. `series` is not empty.
std::filesystem::path FetchKernel(const std::string& series, int interrupt_fd);

struct FetchedKernel {
  std::string series;
  std::string release;
  std::filesystem::path file;
};

// What is in the cache, oldest first: of a series, the last is the newest.
std::vector<FetchedKernel> FetchedKernels();

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_KERNELS_H_
