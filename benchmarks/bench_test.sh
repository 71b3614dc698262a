#!/usr/bin/env bash
# Runs `pidlab bench` as a user does: what it prints, writes and leaves behind.
set -uo pipefail

here=$TEST_TMPDIR
cp "$1" "$here/pidlab" && cp "$2" "$here/pidlab-bench" || exit 1
cd "$here" || exit 1
failures=0

fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# expect STATUS COMMAND..: runs the command; its output is in out, its errors
# are in err.
expect() {
  local expected=$1; shift
  "$@" >out 2>err
  local status=$?
  [ $status = "$expected" ] ||
    fail "$* exited with $status, not $expected: $(tail -n 5 out err)"
}
says() { grep -qF -- "$1" out || fail "not said: $1: $(tail -n 20 out)"; }
complains() { grep -qF -- "$1" err || fail "no complaint of: $1: $(cat err)"; }
nothing_left() { ! pgrep -s 0 -x pidlab-bench >/dev/null || fail "left: $(pgrep -s 0 -ax pidlab-bench)"; }

some='^create/(A/A|PID)/'

# A run, and what can be done with its file.
expect 0 ./pidlab bench run --quick --filter "$some" --out a.json
says 'A/A'
says 'PID'
says '/ vfork'
! grep -q $'\033' out err || fail 'ESC in a pipe'
awk 'length($0) > 90' out | grep . && fail 'a line is too long'
cp out first
expect 0 ./pidlab bench show a.json
cmp -s out first || fail 'show says something else than run'
expect 0 ./pidlab bench show - <a.json
expect 0 ./pidlab bench compare a.json a.json
says '0 slower, 0 faster'
grep -q '"complete": true' a.json || fail 'it is not marked complete'
grep -q '"build": "optimised"' a.json || fail 'what was measured is not optimised'
nothing_left

# Google Benchmark's own JSON, names and filter also work.
expect 0 ./pidlab bench run --quick --filter "$some" -- --benchmark_out=google.json
grep -q '"name": "create/PID/vfork' google.json || fail 'no JSON of Google Benchmark'
expect 0 ./pidlab bench run --filter "$some" -- --benchmark_list_tests
says 'create/PID/vfork'
! grep -q SKIP out || fail 'listing names has measured'
expect 2 ./pidlab bench run --quick -- --benchmark_filter=nothing_is_called_so
complains 'nothing_is_called_so'

# Command lines and files that are wrong are refused.
expect 2 ./pidlab bench
expect 2 ./pidlab bench run --filter '('
complains 'regular expression'
expect 2 ./pidlab bench run --filter nothing_is_called_so
complains 'nothing_is_called_so'
expect 2 ./pidlab bench show missing.json
complains 'missing.json'
expect 2 ./pidlab bench show google.json
complains 'bench run --out'
head -c 1000 a.json >half.json
expect 2 ./pidlab bench show half.json
complains 'half.json was not written by'
expect 2 ./pidlab bench run -- --no_such_flag
complains 'no_such_flag'
expect 0 ./pidlab-bench --help
says '--samples_fd'
says '--benchmark_'
for flag in --seed=x --seed=-1 --rounds=0 --rounds=x --samples_fd=-1; do
  expect 2 ./pidlab-bench "$flag"
  complains "${flag%=*}: "
done
expect 5 ./pidlab bench run --out /nowhere/a.json
complains '/nowhere/a.json'

# The program that measures is missing.
mkdir -p alone && cp pidlab alone/
expect 5 alone/pidlab bench run --quick
complains 'pidlab-bench'
expect 0 alone/pidlab bench show a.json

# begun PID: waits until the run of that process has begun to measure.
begun() {
  local measures
  until measures=$(pgrep -P "$1" -x pidlab-bench) && pgrep -P "$measures" >/dev/null; do
    kill -0 "$1" 2>/dev/null || { fail "it ended at once: $(cat err)"; return; }
  done
}

# A run that is interrupted keeps what was measured, and marks it.
./pidlab bench run --filter '^(create|apparatus)/' --out cut.json >out 2>err &
begun $!
kill -TERM $!
wait $!
status=$?
[ $status = 130 ] || fail "interrupted, and exited with $status: $(cat err)"
grep -q '"complete": false' cut.json || fail 'it is not marked incomplete'
says INCOMPLETE
nothing_left

# A run that is killed leaves no process behind, even with ten thousand live
# namespaces.
./pidlab bench run --filter '^live/namespaces/10000/' >out 2>err &
begun $!
kill -KILL $!
wait $! 2>/dev/null
SECONDS=0
while pgrep -s 0 -x pidlab-bench >/dev/null && ((SECONDS < 10)); do :; done
nothing_left

exit $((failures > 0))
