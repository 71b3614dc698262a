#!/bin/bash
# What `pidlab vm` promises, with a kernel that really boots.
#
#   booted_machine.sh PIDLAB KERNEL [TEST..]
#
# Bazel does not run it, since a kernel has to be fetched: `.ci/run` does.
#
# shellcheck disable=SC2317  # the tests are called by their names
set -u
# shellcheck source=tool/testing/test_functions.sh
. "${BASH_SOURCE[0]%/*}/../testing/test_functions.sh"
export LC_ALL=C.UTF-8

pidlab=$(readlink -f "$1") kernel=$(readlink -f "$2")  # .../vmlinuz-RELEASE
select_tests "${@:3}"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
out=$work/out err=$work/err
mkdir -m 777 "$work/cwd" && cd "$work/cwd" || exit 2
chmod 755 "$work"
mark=$$.$RANDOM  # in the environment of all that is started here

how=()  # to boot: what does not work with KVM is not tried each time
begin() {  # ARGUMENTS..: of pidlab vm; in the background, its PID is $started
  : >"$out"
  env --default-signal=INT,TERM "PIDLAB_TEST=$mark" \
    "$pidlab" vm --kernel "$kernel" "${how[@]}" "$@" <&0 >"$out" 2>"$err" &
  started=$!
}
finish() { wait "$started"; status=$?; }
run() { begin "$@" </dev/null; finish; }
has_begun() { [ -s "$out" ]; }
left() { grep -lszx "PIDLAB_TEST=$mark" /proc/[0-9]*/environ; }
nobody_left() { [ -z "$(left)" ]; }

test_a_command_has_its_own_status_output_and_errors() {
  run -- sh -c 'echo out; echo err >&2; exit 42'
  exits 42
  same output out "$(cat "$out")"
  says "$err" err
  run -- sh -c 'kill -KILL $$'
  exits 137
  run -- no-such-program
  exits 127
}

test_input_arrives_whole() {
  seq 20000 >"$work/numbers"
  begin -- md5sum <"$work/numbers"
  finish
  exits 0
  same checksum "$(md5sum <"$work/numbers")" "$(cat "$out")"
}

test_it_is_the_first_process_of_that_kernel() {
  run -- sh -c 'uname -r; cat /proc/1/comm'
  same 'release and process 1' "${kernel##*/vmlinuz-} pidlab" "$(tr '\n' ' ' <"$out" | sed 's/ $//')"
}

test_what_is_written_comes_back_and_what_is_lost_is_said() {
  run -- sh -c 'mkdir a; echo one >a/one; : >empty; echo lost >/tmp/lost'
  exits 0
  same 'a/one' one "$(cat a/one)"
  [ -f empty ] || fail 'empty has not come back'
  says "$err" '/tmp/lost was in the machine'
  rm -r a empty
}

test_verify_brings_its_report_and_its_status() {
  run -- verify 01 12 --json report.json
  exits 0
  says "$out" ' 0 failed, 0 skipped'
  grep -q '"complete": true' report.json || fail 'report.json is not whole'
  grep -q $'\e' "$out" && fail 'there is an ESC in a pipe'
  rm -f report.json
}

test_bench_says_that_it_is_emulated_and_is_not_compared_with_the_host() {
  run --memory 1024 -- bench run --filter create/A/A --out guest.json
  says "$out" 'DOUBTFUL emulated'
  "$pidlab" bench run --filter create/A/A --out host.json >/dev/null
  "$pidlab" bench compare guest.json host.json >"$out" 2>"$err"
  same 'exit status of compare' 2 $?
  says "$err" 'guest.json was measured in a virtual machine'
  rm -f guest.json host.json
}

test_a_panic_is_an_error_with_what_the_kernel_says_of_it() {
  run -- sh -c 'echo before; echo c >/proc/sysrq-trigger'
  exits 5
  same output before "$(cat "$out")"
  says "$err" 'the virtual machine failed'
  says "$err" 'Kernel panic - not syncing: sysrq triggered crash'
}

test_a_hang_is_an_error() {
  run --timeout 20 -- sleep 1000
  exits 5
  says "$err" 'longer than the 20 s of --timeout'
  await 2 nobody_left || fail 'somebody is left'
}

test_ctrl_c_reaches_the_command() {
  begin -- sh -c 'trap "echo told; exit 7" INT; echo ready; while :; do sleep 0.1; done' </dev/null
  await 200 has_begun || fail "it does not begin: $(cat "$err")"
  kill -INT "$started"
  finish
  exits 7
  says "$out" told
}

test_a_killed_pidlab_leaves_nobody() {
  begin -- sh -c 'echo ready; sleep 1000' </dev/null
  await 200 has_begun || fail "it does not begin: $(cat "$err")"
  kill -KILL "$started"
  finish
  await 2 nobody_left || fail "left: $(left)"
  same 'files' '' "$(ls -A)"
} 2>/dev/null

test_a_killed_qemu_is_an_error() {
  begin -- sh -c 'echo ready; sleep 1000' </dev/null
  await 200 has_begun || fail "it does not begin: $(cat "$err")"
  pkill -KILL -P "$started" qemu
  finish
  exits 5
  says "$err" 'killed by SIGKILL'
}

test_an_ordinary_user_needs_nothing() {
  [ "$(id -u)" = 0 ] || return 0
  cp "$pidlab" "$work/pidlab"
  cp "$kernel" "$work/kernel"
  (unset HOME
   exec setpriv --reuid=65534 --regid=65534 --clear-groups "$work/pidlab" \
     vm --kernel "$work/kernel" -- id -u >"$out" 2>"$err" </dev/null)
  status=$?
  exits 0
  same 'user in it' 0 "$(cat "$out")"
}

run -- true
! grep -q emulated "$err" || how=(--emulate)
run_tests
