// The version of pidlab, as it is released.

#ifndef PIDLAB_LIB_LAB_VERSION_H_
#define PIDLAB_LIB_LAB_VERSION_H_

namespace pidlab {

inline constexpr const char* kVersion = "1.0";

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_VERSION_H_
