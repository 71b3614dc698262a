// Kernels of Debian, to be booted in a virtual machine: which there are, and
// those that were fetched. They are unpacked into $XDG_CACHE_HOME/pidlab (or
// ~/.cache/pidlab) and never installed.

#ifndef PIDLAB_TOOL_VM_KERNELS_H_
#define PIDLAB_TOOL_VM_KERNELS_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

// A kernel that Debian's archive has, for virtual machines of amd64.
struct DebianKernel {
  std::string series;   // "6.1"
  std::string release;  // "6.1.0-9-cloud-amd64", what uname -r would say
  std::string version;  // of the package, "6.1.27-1"
  std::string package;  // "linux-image-6.1.0-9-cloud-amd64"
  std::string suite;    // "bookworm-security"
  int64_t bytes = 0;    // of the package

  friend bool operator==(const DebianKernel&, const DebianKernel&) = default;
};

// The newest of each series that the suites of Debian have, oldest first, as
// their indices say: of a suite that is being archived, this may be all that is
// left.
//
// Downloads the indices of these suites, as far as they are not in the cache. A
// suite that the archive does not have is left out, with a word on stderr.
//
// Throws Error with what to do, Interrupted when `interrupt_fd`
// (which may be -1) becomes readable; so does FetchKernel(). One process at a
// time does either: another waits.
std::vector<DebianKernel> FetchableKernels(int interrupt_fd);

// The newest kernel of a series ("6.1") that can be had: downloads it into the
// cache, unless it is there, and gives its path. The suites are looked into
// from the oldest release of Debian on, as far as needed. `keyring` has the
// keys that the archive must be signed with; if it is empty, those of Debian.
std::filesystem::path FetchKernel(const std::string& series, int interrupt_fd,
                                  const std::filesystem::path& keyring = {});

struct FetchedKernel {
  std::string series;
  std::string release;
  std::filesystem::path file;
};

// What is in the cache, oldest first: of a series, the last is the newest.
std::vector<FetchedKernel> FetchedKernels();

// The kernels among the packages of a suite, whose fields are as in its index
// (deb822(5)): those of virtual machines that have an image in them.
std::vector<DebianKernel> KernelsAmong(std::string_view records,
                                       const std::string& suite);

// The newest of each series, oldest series first; of equals, the first.
std::vector<DebianKernel> NewestOfEachSeries(std::vector<DebianKernel> kernels);

// The newest of each suite, of this series; newest first.
std::vector<DebianKernel> NewestOfEachSuite(const std::string& series,
                                            std::vector<DebianKernel> kernels);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_KERNELS_H_
