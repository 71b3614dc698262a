#include "lib/trial/record.h"

namespace pidlab {

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "PASS";
    case Verdict::kFail:
      return "FAIL";
    case Verdict::kSkip:
      return "SKIP";
    case Verdict::kError:
      return "ERROR";
  }
  return "?";
}

std::ostream& operator<<(std::ostream& out, Verdict verdict) {
  return out << VerdictName(verdict);
}

int Severity(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return 0;
    case Verdict::kSkip:
      return 1;
    case Verdict::kError:
      return 2;
    case Verdict::kFail:
      return 3;
  }
  return 3;
}

const char* SkipCodeName(Skip::Code code) {
  switch (code) {
    case Skip::Code::kNoPrivilege:
      return "NO_PRIVILEGE";
    case Skip::Code::kSandboxed:
      return "SANDBOXED";
    case Skip::Code::kToolMissing:
      return "TOOL_MISSING";
    case Skip::Code::kKernelFeature:
      return "KERNEL_FEATURE";
    case Skip::Code::kKernelConfig:
      return "KERNEL_CONFIG";
    case Skip::Code::kArch:
      return "ARCH";
    case Skip::Code::kResource:
      return "RESOURCE";
  }
  return "?";
}

}  // namespace pidlab
