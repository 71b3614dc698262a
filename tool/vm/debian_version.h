// The order of Debian's version numbers (deb-version(7)), which is the order in
// which packages follow one another.

#ifndef PIDLAB_TOOL_VM_DEBIAN_VERSION_H_
#define PIDLAB_TOOL_VM_DEBIAN_VERSION_H_

#include <compare>
#include <string_view>

namespace pidlab {

// "6.1.0-9" < "6.1.0-56", "6.12.9-1~bpo12+1" < "6.12.9-1". What is no version
// has its place as well; nothing is checked.
std::strong_ordering CompareDebianVersions(std::string_view a,
                                           std::string_view b);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_DEBIAN_VERSION_H_
