#!/bin/bash
# Adding a lab touches one folder: in a copy of this checkout, a new folder below
# labs/ is built and linked into pidlab, with no other file changed.
set -eu

copy=$TEST_TMPDIR/checkout
mkdir "$copy"
cp -RL . "$copy"
cd "$copy"
mkdir labs/97_added_lab
cat >labs/97_added_lab/experiment.cc <<'END'
#include "lib/trial/experiment.h"

#include <unistd.h>

namespace pidlab {
namespace {

EXPERIMENT(ANewLabIsFound,
           .claim = "A new lab is found.",
           .verifies = {"D-01"},
           .sources = {"docs/writing_a_lab.md"}) {
  trial.Step("Ask the host");
  trial.Expect(ON(trial.Host(), getpid()), ::testing::Eq(2));
}

}  // namespace
}  // namespace pidlab
END

bazel() {
  /usr/bin/bazel --batch --output_user_root="$TEST_TMPDIR/bazel" "$@" --color=no \
    --curses=no
}

# It compiles. (This test runs inside Bazel's sandbox, and needs no other.)
bazel build --spawn_strategy=local //labs:97_added_lab_lib

# It is in pidlab, and has a binary and a test of its own. Linking registers it.
for target in //lib/cli:pidlab //labs:97_added_lab //labs:97_added_lab_test; do
  path=$(bazel query "somepath($target, //labs:97_added_lab_lib)")
  grep -qx '//labs:97_added_lab_lib' <<<"$path" ||
    { echo "$target does not link the new lab; somepath: $path"; exit 1; }
done
