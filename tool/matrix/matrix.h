// The same experiments on several kernels, side by side: only as much of the
// results as a reader compares. The reports of `pidlab verify --json` have the
// rest.

#ifndef PIDLAB_TOOL_MATRIX_MATRIX_H_
#define PIDLAB_TOOL_MATRIX_MATRIX_H_

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lib/trial/record.h"

namespace pidlab {

// What an experiment found on one kernel.
struct Found {
  Verdict verdict = Verdict::kError;
  std::string why;                    // in one line; "" for a PASS
  std::vector<std::string> verifies;  // the ids of its claims

  friend bool operator==(const Found&, const Found&) = default;
};

struct KernelColumn {
  std::string kernel;   // "6.1.0-9-cloud-amd64", uname -r
  std::string machine;  // "x86_64", uname -m
  // "the host", or "a virtual machine"
  std::string place;
  std::string failure;                 // why it is incomplete; "" if it is not
  std::map<std::string, Found> found;  // by "labs/09_orphan_adoption/Name"

  // PASS if all experiments that verify the claim passed, else the worst of
  // their verdicts: FAIL, ERROR, SKIP. Nothing if none has run.
  std::optional<Verdict> VerdictOf(const std::string& claim) const;

  friend bool operator==(const KernelColumn&, const KernelColumn&) = default;
};

inline constexpr const char* kOnHost = "the host";
inline constexpr const char* kInMachine = "a virtual machine";

// Makes a column from a report of `pidlab verify --json`. Throws
// std::exception.
KernelColumn ColumnFromReport(const nlohmann::ordered_json& report,
                              const std::string& place);

using Matrix = std::vector<KernelColumn>;

nlohmann::ordered_json ToJson(const Matrix& matrix);
// Throws std::exception if it is not a matrix.
Matrix MatrixFromJson(const nlohmann::ordered_json& json);

// Claims and kernels as a table of at most 80 columns: first the claims for
// which the kernels differ, with the reasons.
std::string Table(const Matrix& matrix);

// The differences between `seen` and what was recorded for the same series of
// kernels ("6.1") in the same place, a line each; empty if there are none.
std::vector<std::string> DifferencesFrom(const Matrix& recorded,
                                         const Matrix& seen);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_MATRIX_MATRIX_H_
