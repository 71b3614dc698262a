#!/bin/bash
# Adding a lab touches one folder: in a copy of this checkout, a new folder below
# labs/ is linked into pidlab, and has a binary and a test, with no other file
# changed. Bazel's own analysis says so; nothing is built.
set -eu

checkout=$(dirname "$(readlink -f WORKSPACE)")
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/adding_a_lab.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/copy"
cd "$checkout"
cp -R WORKSPACE BUILD .bazelrc .clang-format .clang-tidy lib labs experiments benchmarks tool docs \
  third_party "$work/copy"
cd "$work/copy"
mkdir labs/97_added_lab
cp labs/09_orphan_adoption/experiment.cc labs/97_added_lab

bazel() { /usr/bin/bazel --batch --output_user_root="$work/bazel" "$@" --color=no --curses=no; }

bazel query 'rdeps(//tool:pidlab + //labs/..., //labs:97_added_lab_lib)' >users
for target in //tool:pidlab //labs:97_added_lab //labs:97_added_lab_test; do
  grep -qx "$target" users ||
    { echo "$target does not link the new lab; these do:"; cat users; exit 1; }
done
