#include <fmt/core.h>

#include "lib/claims/catalogue_page.h"
#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"

namespace pidlab {

int CatalogueCommand() {
  fmt::print("{}", CataloguePage(Claims(), Catalogue()));
  return kEveryClaimHolds;
}

}  // namespace pidlab
