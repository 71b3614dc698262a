#include "lib/trial/patience.h"

#include "lib/host/hypervisor.h"

namespace pidlab {

std::chrono::milliseconds UsualPatience() {
  static const bool kIsEmulated = HypervisorName() == kSoftwareEmulation;
  return std::chrono::seconds(kIsEmulated ? 100 : 10);
}

std::chrono::milliseconds ScaledPatience(double scale) {
  return std::chrono::round<std::chrono::milliseconds>(UsualPatience() * scale);
}

}  // namespace pidlab
