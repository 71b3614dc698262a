// docs/catalogue.md: every claim, its verdict, the lab or experiment that tries
// it, and its sources.

#ifndef PIDLAB_TOOL_CLAIMS_CATALOGUE_PAGE_H_
#define PIDLAB_TOOL_CLAIMS_CATALOGUE_PAGE_H_

#include <string>
#include <vector>

#include "lib/trial/experiment.h"
#include "tool/claims/claims.h"

namespace pidlab {

// The page as Markdown. The cell of the experiment is empty if a claim has
// none.
std::string CataloguePage(const std::vector<Claim>& claims,
                          const std::vector<Experiment>& experiments);

}  // namespace pidlab

#endif  // PIDLAB_TOOL_CLAIMS_CATALOGUE_PAGE_H_
