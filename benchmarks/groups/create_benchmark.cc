// What it costs to create and reap a process in new namespaces.

#include "benchmarks/analysis/measured.h"
#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/creation.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/namespaces.h"

namespace pidlab {
namespace {

Pair Beside(uint64_t style, const NamespaceSet& namespaces) {
  return {
      .group = "create",
      .row = namespaces.name,
      .base_name = style == kVfork ? "vfork" : "cow",
      .subject = Creation(style | namespaces.flags),
      .base = Creation(style),
      .needs = namespaces.needs,
      .to_run = namespaces.to_run,
      .blocks = 20,
      .quick = true,
  };
}

}  // namespace

std::vector<Pair> CreatePairs() {
  std::vector<Pair> pairs;
  for (const uint64_t style : {kVfork, kCopyOnWrite}) {
    pairs.push_back(Beside(style, {.name = kSelfRow, .flags = 0}));
  }
  for (const NamespaceSet& namespaces : NamespaceSets()) {
    for (const uint64_t style : {kVfork, kCopyOnWrite}) {
      pairs.push_back(Beside(style, namespaces));
    }
  }
  return pairs;
}

}  // namespace pidlab
