#include "tool/vm/debian_version.h"

#include <algorithm>

namespace pidlab {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Of the first character, among what is no number: a tilde is before the end,
// the end (or a number) before letters, letters before the rest.
int Rank(std::string_view text) {
  if (text.empty() || IsDigit(text[0])) return 0;
  if (text[0] == '~') return -1;
  return IsLetter(text[0]) ? text[0] : text[0] + 256;
}

bool BeginsWithNoNumber(std::string_view text) {
  return !text.empty() && !IsDigit(text[0]);
}

// The digits that `text` begins with, without leading zeros; it loses them.
std::string_view TakeNumber(std::string_view& text) {
  const auto behind = std::ranges::find_if_not(text, IsDigit);
  std::string_view number(text.begin(), behind);
  text.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

std::strong_ordering ComparePart(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while (BeginsWithNoNumber(a) || BeginsWithNoNumber(b)) {
      if (Rank(a) != Rank(b)) return Rank(a) <=> Rank(b);
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const std::string_view number_a = TakeNumber(a);
    const std::string_view number_b = TakeNumber(b);
    if (number_a.size() != number_b.size()) {
      return number_a.size() <=> number_b.size();
    }
    if (number_a != number_b) return number_a <=> number_b;
  }
  return std::strong_ordering::equal;
}

struct Version {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

Version VersionOf(std::string_view text) {
  Version version;
  if (const size_t colon = text.find(':'); colon != text.npos) {
    version.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const size_t hyphen = text.rfind('-');
  version.upstream = text.substr(0, hyphen);
  if (hyphen != text.npos) version.revision = text.substr(hyphen + 1);
  return version;
}

}  // namespace

std::strong_ordering CompareDebianVersions(std::string_view a,
                                           std::string_view b) {
  const Version version_a = VersionOf(a);
  const Version version_b = VersionOf(b);
  if (const auto order = ComparePart(version_a.epoch, version_b.epoch);
      std::is_neq(order)) {
    return order;
  }
  if (const auto order = ComparePart(version_a.upstream, version_b.upstream);
      std::is_neq(order)) {
    return order;
  }
  return ComparePart(version_a.revision, version_b.revision);
}

}  // namespace pidlab
