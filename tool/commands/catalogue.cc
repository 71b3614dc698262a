// `catalogue`: every claim, and the experiments that try it, as Markdown.

#include <fmt/core.h>

#include "lib/host/exit_code.h"
#include "lib/lab/command_line.h"
#include "tool/claims/catalogue_page.h"

namespace pidlab {
namespace {

int Show() {
  fmt::print("{}", CataloguePage(Claims(), AllExperiments()));
  return kEveryClaimHolds;
}

const CommandRegistration registration(
    {15, "catalogue", "Every claim, whether it holds, and who tries it",
     "  pidlab catalogue             every claim, as Markdown\n",
     [](CommandLine& line) { line.Run(&Show); }});

}  // namespace
}  // namespace pidlab
