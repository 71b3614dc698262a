#include "benchmarks/groups/choose_pairs.h"

#include <regex.h>

#include <algorithm>
#include <utility>

#include "benchmarks/analysis/measured.h"
#include "benchmarks/groups/groups.h"
#include "lib/host/error.h"

namespace pidlab {
namespace {

// With this number a quick run takes less than ten seconds.
constexpr int kQuickBlocks = 12;

// This uses regcomp(3), since std::regex would take five seconds to compile.
class Filter {
 public:
  explicit Filter(const std::string& text) {
    if (regcomp(&regex_, text.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      FailAsUsage("not a regular expression: " + text);
    }
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { regfree(&regex_); }

  bool Matches(const std::string& name) const {
    return regexec(&regex_, name.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t regex_;
};

}  // namespace

std::vector<Pair> ChoosePairs(const std::string& filter, bool quick) {
  const Filter names(filter);
  std::vector<Pair> chosen;
  bool any = false;
  for (Pair& pair : AllPairs()) {
    const bool wanted =
        filter.empty() ? pair.quick || !quick : names.Matches(NameOf(pair));
    any = any || wanted;
    if (!wanted && pair.row != kSelfRow) continue;
    if (quick) pair.blocks = std::min(pair.blocks, kQuickBlocks);
    chosen.push_back(std::move(pair));
  }
  if (!any) {
    FailAsUsage("no benchmark has a name like " + filter +
                "; `pidlab bench run -- --benchmark_list_tests` lists them");
  }
  return chosen;
}

}  // namespace pidlab
