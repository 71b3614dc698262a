#include "benchmarks/analysis/measured.h"

#include <fmt/core.h>

#include <cstddef>

namespace pidlab {
namespace {

std::vector<double> WithoutFirst(const std::vector<double>& samples) {
  const size_t dropped = samples.size() > 1 ? 1 : 0;
  return {samples.begin() + static_cast<ptrdiff_t>(dropped), samples.end()};
}

}  // namespace

std::string Comparison::Name() const {
  const std::string curve = x ? fmt::format("{}/", *x) : "";
  return fmt::format("{}/{}/{}{}", group, row, curve, base);
}

std::vector<Round> Comparison::Kept() const {
  std::vector<Round> kept = rounds;
  for (Round& round : kept) {
    for (BlockPair& pair : round) {
      pair = {WithoutFirst(pair.subject), WithoutFirst(pair.base)};
    }
  }
  return kept;
}

}  // namespace pidlab
