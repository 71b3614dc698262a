#include "benchmarks/harness/pair.h"

namespace pidlab {

Comparison ComparisonOf(const Pair& pair, size_t part) {
  Comparison comparison;
  comparison.group = pair.group;
  comparison.row = pair.row;
  if (part > 0) comparison.row += " " + pair.phases[part - 1];
  comparison.base = pair.base_name;
  comparison.x = pair.x;
  comparison.subject_ran = pair.subject.ran;
  comparison.base_ran = pair.base.ran;
  comparison.quantile = pair.quantile;
  return comparison;
}

std::string NameOf(const Pair& pair) { return ComparisonOf(pair).Name(); }

}  // namespace pidlab
