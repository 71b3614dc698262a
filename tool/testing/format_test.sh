#!/bin/bash
# Every C++ source is as clang-format would have it.
set -u
. tool/testing/sources.sh

need clang-format
cxx_sources -name '*.cc' -o -name '*.h' |
  xargs clang-format --style=file --dry-run --Werror
