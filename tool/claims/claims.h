// The table of claims: what two tutorials, the manual pages and other suites
// say about PID namespaces, sentence by sentence, and whether it holds. The
// table is in docs/claims.json, which is linked in. An experiment names the ids
// that it verifies (lib/trial/experiment.h).

#ifndef PIDLAB_TOOL_CLAIMS_CLAIMS_H_
#define PIDLAB_TOOL_CLAIMS_CLAIMS_H_

#include <string>
#include <string_view>
#include <vector>

namespace pidlab {

// Whether a claim holds, as it is worded. (A verdict is what a run of an
// experiment gets: lib/trial/record.h.)
enum class ClaimStatus {
  kTrue,         // "TRUE"
  kConditional,  // "COND": it holds under conditions that it does not name
  kWrong,        // "WRONG"
  kGated,        // "GATED": it holds on kernels that have the feature
};

struct Claim {
  std::string id;     // "S1-8", "D-42b"
  std::string claim;  // in our words
  // The published words, in their language; "" if the claim was worded here.
  std::string quote;
  // Who says it, and in which section: "tutorial 2, 理解pid namespace",
  // "clone(2), ERRORS"; "pidlab" if it was worded here.
  std::string source;
  ClaimStatus status = ClaimStatus::kTrue;
  std::string since;  // "Linux 4.12"; "" if every kernel of today has it
  std::string holds;  // what holds instead; for kConditional and kWrong
};

// Throws std::runtime_error that says which row is malformed, and why.
std::vector<Claim> ParseClaims(std::string_view json);

// The table that is linked in.
const std::vector<Claim>& Claims();

const char* ClaimStatusName(ClaimStatus status);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_CLAIMS_CLAIMS_H_
