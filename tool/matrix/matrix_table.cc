#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "lib/text/grid.h"
#include "lib/text/labelled.h"
#include "tool/claims/claims.h"
#include "tool/matrix/matrix.h"

namespace pidlab {
namespace {

// The text of a cell.
std::string CellOf(const KernelColumn& column, const std::string& claim) {
  const std::optional<Verdict> verdict = column.VerdictOf(claim);
  return verdict ? VerdictName(*verdict) : "not run";
}

// The number with which a kernel's name begins: "6.1.0".
std::string ReleaseNumber(const std::string& kernel) {
  return kernel.substr(0, kernel.find_first_not_of("0123456789."));
}

std::vector<std::string> Headings(const Matrix& matrix) {
  std::vector<std::string> headings;
  for (const KernelColumn& column : matrix) {
    headings.push_back(column.place == kOnHost ? "host"
                                               : ReleaseNumber(column.kernel));
  }
  return headings;
}

// The claims that an experiment of any column verifies: first those of the
// table of claims, in its order, then those that are not in it.
std::vector<std::string> ClaimsIn(const Matrix& matrix) {
  std::set<std::string> left;
  for (const KernelColumn& column : matrix) {
    for (const auto& [name, result] : column.found) {
      left.insert(result.verifies.begin(), result.verifies.end());
    }
  }
  std::vector<std::string> ids;
  for (const Claim& claim : Claims()) {
    if (left.erase(claim.id) > 0) ids.push_back(claim.id);
  }
  ids.insert(ids.end(), left.begin(), left.end());
  return ids;
}

std::string TextOf(const std::string& id) {
  const std::vector<Claim>& claims = Claims();
  const auto claim = std::ranges::find(claims, id, &Claim::id);
  if (claim == claims.end()) return "";
  return claim->claim + (claim->since.empty() ? "" : " (" + claim->since + ")");
}

// Why a claim is not a PASS on some kernels: each reason once, with its
// kernels.
std::string Reasons(const Matrix& matrix, const std::string& id) {
  const std::vector<std::string> headings = Headings(matrix);
  std::map<std::string, std::string> kernels;
  for (size_t i = 0; i < matrix.size(); ++i) {
    for (const auto& [name, result] : matrix[i].found) {
      const bool about_it =
          std::ranges::find(result.verifies, id) != result.verifies.end();
      if (!about_it || result.verdict == Verdict::kPass) continue;
      std::string& where = kernels[name + ": " + result.why];
      where += (where.empty() ? "" : ", ") + headings[i];
    }
  }
  std::string text;
  for (const auto& [why, where] : kernels) {
    text += Labelled("  " + where + "  ", why);
  }
  return text;
}

std::string Head(const Matrix& matrix) {
  const std::vector<std::string> headings = Headings(matrix);
  std::string text;
  for (size_t i = 0; i < matrix.size(); ++i) {
    const KernelColumn& column = matrix[i];
    std::map<Verdict, int> count;
    for (const auto& [name, result] : column.found) ++count[result.verdict];
    text += Labelled(
        fmt::format("{:<8} ", headings[i]),
        fmt::format(
            "Linux {} {}, {}: {} passed, {} failed, {} skipped{}{}",
            column.kernel, column.machine, column.place, count[Verdict::kPass],
            count[Verdict::kFail] + count[Verdict::kError],
            count[Verdict::kSkip],
            column.failure.empty() ? "" : "; NOT COMPLETE: ", column.failure));
  }
  return text;
}

}  // namespace

std::string Table(const Matrix& matrix) {
  Grid different(1);
  Grid same(1);
  std::vector<std::string> heading = Headings(matrix);
  heading.insert(heading.begin(), "");
  different.Add(heading);
  same.Add(heading);
  std::string reasons;
  int differ = 0;
  int agree = 0;
  for (const std::string& id : ClaimsIn(matrix)) {
    std::vector<std::string> cells;
    for (const KernelColumn& column : matrix) {
      cells.push_back(CellOf(column, id));
    }
    const bool all_same =
        std::ranges::count(cells, cells[0]) == std::ssize(cells);
    cells.insert(cells.begin(), id);
    if (all_same) {
      same.Add(cells);
      ++agree;
    } else {
      different.Add(cells);
      ++differ;
    }
    if (!all_same || cells[1] != VerdictName(Verdict::kPass)) {
      const std::string claim = TextOf(id);
      reasons += claim.empty() ? id + "\n" : Labelled(id + "  ", claim);
      reasons += Reasons(matrix, id);
    }
  }
  std::string text = Head(matrix);
  if (differ > 0) text += "\ndifferent\n" + different.Text();
  if (!reasons.empty()) text += "\n" + reasons;
  if (agree > 0) text += "\nthe same\n" + same.Text();
  return text +
         fmt::format("\n{} claims differ, {} are the same\n", differ, agree);
}

}  // namespace pidlab
