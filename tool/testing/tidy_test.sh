#!/bin/bash
# clang-tidy has nothing to say of any C++ source, for .clang-tidy.
set -u
. tool/testing/sources.sh

need clang-tidy
status=0
for source in $(cxx_sources -name '*.cc' -not -path '*/testdata/*'); do
  said=$(clang-tidy --quiet "$source" -- -std=c++20 -I. -DFMT_HEADER_ONLY \
    -isystem /usr/src/googletest/googletest/include \
    -isystem /usr/src/googletest/googlemock/include 2>/dev/null) ||
    { printf '%s\n' "$said"; status=1; }
done
exit $status
