# shellcheck shell=bash disable=SC2154  # $status, $out and $err come from the test
# What the tests that are written in shell have in common: such a test sources
# this file. Each test is a function test_*, whose name is the sentence that it
# tests.
#
#   select_tests [TEST..]    sets $tests: those that are named, or else all
#   run_tests                runs $tests one after the other, and exits
#   run_side_by_side WORD..  runs several at a time, and exits. For each test the
#                            script is called again, with WORD.. and that test;
#                            then $one is set.

failures=0
one=
[ "${1-}" != --one ] || { one=yes; shift; }

# --- Checks. Each says what was expected, and what was seen. $status, $out and
# $err are of the command that was run last: its exit status, its output, its
# errors.

fail() {
  printf '    %s\n' "$*"
  explain
  failures=$((failures + 1))
}
explain() { :; }  # a test may say here what it did, or how the screen looks
same() {  # WHAT EXPECTED SEEN
  [ "$2" = "$3" ] || fail "expected $1 <$2>, saw <$3>"
}
exits() {  # STATUS..: with one of these
  [[ " $* " == *" $status "* ]] ||
    fail "expected exit status $*, saw $status: $(tail -n 2 "$err")"
}
says() {  # FILE WORDS..
  local words
  for words in "${@:2}"; do
    grep -qF -- "$words" "$1" ||
      fail "expected \"$words\" on ${1##*/}, saw: $(head -c 600 "$1")"
  done
}

# --- Waiting

await() {  # SECONDS COMMAND..: until the command succeeds
  local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
  until "${@:2}"; do
    ((${EPOCHREALTIME/./} < end)) || return 1
    sleep 0.01  # read -t would do, but bash 5.2 spoils its signal mask with it
  done
}

# --- Running the tests

script=$(realpath -s "$0")

select_tests() {  # [TEST..]
  tests=("$@")
  [ $# -gt 0 ] || mapfile -t tests < <(grep -oE '^test_\w+' "$script")
}

prepare() { :; }  # for the next test
try() {  # TEST
  local before=$failures began=$EPOCHREALTIME verdict=ok
  prepare
  "$1"
  ((failures == before)) || verdict=FAILED
  printf '%-6s %s (%d ms)\n' "$verdict" "$1" $(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
}

run_tests() {
  local test
  for test in "${tests[@]}"; do try "$test"; done
  exit $((failures > 0))
}

run_side_by_side() {  # WORD..
  [ -z "$one" ] || run_tests
  # Most of them wait, most of the time.
  # shellcheck disable=SC2016  # another shell expands it
  printf '%s\n' "${tests[@]}" | xargs -P $(($(nproc) * 3)) -I TEST \
    bash -c 'said=$("$@"); status=$?; echo "$said"; exit $status' bash "$script" --one "$@" TEST
  exit
}
