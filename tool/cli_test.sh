#!/bin/bash
# What pidlab promises to scripts and pipes, tested from outside. What happens
# on a terminal is in terminal_test.sh.
#
#   cli_test.sh PIDLAB [TEST..]
#
# Several tests run at a time, each in a shell and a folder of its own. What cannot
# be tried on this machine is skipped, and said.
#
# shellcheck disable=SC2317,SC2016  # the tests are called by their names
set -u
# shellcheck source=tool/testing/test_functions.sh
. "${BASH_SOURCE[0]%/*}/testing/test_functions.sh"
export LC_ALL=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin
unset LANG LC_MESSAGES PIDLAB_LANG NO_COLOR

select_tests "${@:2}"
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/cli_test.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
pidlab=$work/pidlab out=$work/out err=$work/err json=$work/open/results.json
cp "$1" "$pidlab" && chmod 755 "$work" "$pidlab" || exit 2
mkdir -m 777 "$work/cwd" "$work/open" && cd "$work/cwd" || exit 2

# --- Starting pidlab. All that descends from it has $mark in its environment.

settings=()  # in its environment
as=()        # the command that starts it
marks=0

start() {  # ARGUMENTS..: in the background; its PID is $started
  arguments=$* mark=$$.$((++marks))
  : >"$out"
  env --default-signal=INT,QUIT,TERM,HUP "PIDLAB_TEST=$mark" "${settings[@]}" \
    "${as[@]}" "$pidlab" "$@" </dev/null >"$out" 2>"$err" &
  started=$!
}
finish() {  # waits for what was started; its exit status is $status
  await 30 ended || { fail 'it does not end'; kill -KILL "$started"; }
  wait "$started"
  status=$?
} 2>/dev/null  # bash would say there what killed it
run() { start "$@"; finish; }                      # ARGUMENTS..
by() { local as; read -ra as <<<"$1"; "${@:2}"; }  # 'STARTER..' COMMAND..
ended() { ! kill -0 "$started" 2>/dev/null; }
has_begun() { [ -s "$out" ] || ended; }

# Which processes of the last start are there?
left() { grep -lszx "PIDLAB_TEST=$mark" /proc/[0-9]*/environ; }
nobody_left() { [ -z "$(left)" ]; }
crowded() { [ "$(left | wc -l)" -ge 4 ]; }

await_some_moment() { sleep "0.$(printf %03d $((RANDOM % $1)))"; }

# --- Checks

explain() { echo "    | pidlab ${arguments-}"; }
quiet() { [ ! -s "$1" ] || fail "expected nothing on ${1##*/}, saw: $(head -c 300 "$1")"; }
refused() {  # WORDS ARGUMENTS..: exit 2, and one line that has the words
  run "${@:2}"
  exits 2
  quiet "$out"
  says "$err" "$1"
  same 'lines on stderr' 1 "$(wc -l <"$err")"
}
fits() {  # FILE: no line over 80 columns, no ESC
  same 'lines over 80 columns or with ESC' '' "$(python3 -c 'import sys, unicodedata
for line in open(sys.argv[1], encoding="utf-8").read().split("\n"):
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    if width > 80 or "\x1b" in line: print(width, repr(line))' "$1" 2>&1)"
}
value() {  # FILE EXPRESSION: of its JSON, which is d
  python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$@" 2>&1 | tail -n 1
}
counts_agree() {  # on the last line, in the summary and in the verdicts of $json
  local counts
  counts=$(value "$json" '"{} passed, {} failed, {} skipped".format(*[
    sum(e["verdict"] in kind for e in d["experiments"])
    for kind in (["PASS"], ["FAIL", "ERROR"], ["SKIP"])])')
  same 'last line' "$counts" "$(tail -n 1 "$out")"
  same 'summary' "$counts" "$(value "$json" \
    '"{passed} passed, {failed} failed, {skipped} skipped".format(**d["summary"])')"
}
leaves_nothing() {  # [SECONDS]: for the last to go
  await "${1-0}" nobody_left ||
    fail "left behind: $(left | sed 's/environ$/comm/' | xargs -r cat | tr '\n' ' ')"
  local files
  files=$(find "$work/cwd" "$work/open" -type f -not -name results.json)
  [ -z "$files" ] || { fail "left behind: $files"; xargs rm <<<"$files"; }
}
possible() {  # 'STARTER..' WHAT: can pidlab be started so?
  by "$1" run --version
  [ "$status" != 0 ] || return 0
  printf '    skipped: %s cannot be had here\n' "$2"
  return 1
}

# --- Who may start it: `masked` has a part of /proc hidden, `forbidden` may make
# no PID namespace, $ordinary is no root, $capless is perhaps uid 0, but has no
# capability, as in a container.

starter() {  # NAME SCRIPT
  printf '#!/bin/sh\n%s\n' "$2" >"$work/$1" && chmod 555 "$work/$1"
}
starter masked 'exec unshare -Urm sh -c "mount -t tmpfs none /proc/irq && exec unshare -Urm \"\$@\"" sh "$@"'
starter forbidden 'exec unshare -Ur sh -c "echo 0 >/proc/sys/user/max_pid_namespaces && exec \"\$@\"" sh "$@"'
starter nohup 'trap "" HUP; exec "$@"'
starter onto_full_disk 'exec "$@" >/dev/full'
starter into_closed_pipe 'exec "$@" >&9'
starter without_stdout 'exec "$@" >&-'
capless='setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all'
ordinary='setpriv --reuid=65534 --regid=65534 --clear-groups'
[ "$(id -u)" = 0 ] || ordinary=env capless=env

# --- Without running a lab

test_list_shows_every_lab_with_its_claims() {
  run list --json
  exits 0
  cp "$out" "$work/list"
  same 'labs without both titles' '[]' "$(value "$work/list" '[
    f["folder"] for f in d if f["folder"].startswith("labs/") and not (
      f.get("title") and f["title"]["en"] and f["title"]["zh"])]')"
  same 'folders without experiments' '[]' \
    "$(value "$work/list" '[f["folder"] for f in d if not f.get("experiments")]')"
  run list
  exits 0
  fits "$out"
  mapfile -t slugs < <(value "$work/list" '"\n".join(f["slug"] for f in d)')
  says "$out" "${slugs[@]}" "$(value "$work/list" 'd[0]["experiments"][0]["claim"][:40]')"
}

test_an_unknown_lab_is_told_what_might_be_meant() {
  for command in run hint verify; do
    refused 'Did you mean 09_orphan_adoption?' "$command" orphan_adopton
    refused 'there is no lab "77"' "$command" 77
  done
}

test_help_has_the_commands_and_examples() {
  run --version
  exits 0
  same 'lines with a version' 1 "$(grep -cxE 'pidlab [0-9.]+' "$out")"
  run
  exits 2
  quiet "$out"
  says "$err" list catalogue run hint grade verify bench vm matrix
  run --help
  says "$out" '  list ' '  run ' '  hint ' '  verify '
  for command in '' list catalogue run hint grade verify bench 'bench run' \
                 'bench compare' vm matrix 'matrix run' 'matrix show'; do
    # shellcheck disable=SC2086  # words
    run $command --help
    exits 0
    quiet "$err"
    says "$out" 'Examples:' 'Exit codes'
    fits "$out"
  done
}

test_what_makes_no_sense_is_refused_in_one_line() {
  refused verfy verfy
  refused --colour list --colour
  refused fr run 9 --lang fr
  refused terminal run 9 --step
  refused --auto run 9 --step --auto
  refused LAB run
  refused --exe grade
  refused 'there is no program no-such-program' grade --exe no-such-program
  refused 'there is no ./none' grade --exe ./none
  refused 'chmod +x' grade --exe /etc/passwd
  refused extra run 9 extra
  refused '1 to 3' hint 9 4
  refused '1 to 3' hint 9 0
  refused x hint 9 x
  refused --json verify 9 --json
  refused NoSuch verify --filter 'NoSuch*'
  for number in 0 -1 1e9 two; do
    refused --repeat verify 9 --repeat "$number"
    refused --jobs verify 9 --jobs "$number"
  done
  for scale in 0 -1 fast nan; do
    refused --timeout-scale verify 9 --timeout-scale "$scale"
  done
}

test_what_cannot_be_booted_is_refused_in_one_line() {
  local settings=("XDG_CACHE_HOME=$work/open") command
  for command in vm 'matrix run'; do
    # shellcheck disable=SC2086  # words
    refused 'cannot read /no/kernel: ENOENT' $command --kernel /no/kernel
    # shellcheck disable=SC2086
    refused 'is no kernel image' $command --kernel /etc/passwd
    # shellcheck disable=SC2086
    refused 'pidlab vm --fetch 4.7' $command --kernel 4.7
    # shellcheck disable=SC2086
    refused --memory $command --memory 1
  done
  refused --timeout vm --timeout 0
  refused --cpus vm --cpus 0
  refused --kernel matrix run --no-host
  refused 'cannot read /no/file' matrix run --expect /no/file
  refused 'cannot read /no/file' matrix show /no/file
  refused 'was written neither by' matrix show /etc/passwd
  refused subcommand matrix
}
test_the_page_on_kernels_shows_what_was_recorded() {
  local docs
  docs=$(dirname "$script")/../docs
  run matrix show "$docs/kernels.json"
  exits 0
  sed '/^different$/,/^$/!d' "$out" >"$work/table"
  says "$work/table" D-03
  same 'rows that are not on the page' '' \
    "$(grep -vxFf "$docs/kernels.md" "$work/table")"
  same 'how many are the same' "$(sed -n 's/^The other \([0-9]*\) claims hold.*/\1/p' "$docs/kernels.md")" \
    "$(sed -n 's/.* differ, \([0-9]*\) are the same$/\1/p' "$out")"
}
test_nobody_but_the_first_process_of_a_machine_is_its_init() {
  run vm-init
  exits 5
  says "$err" 'what a virtual machine of'
  by 'unshare -Urpf' run vm-init
  [ "$status" != 0 ] || fail 'it is an init in a PID namespace'
}
test_a_lab_has_three_hints_in_each_language() {
  for language in en zh; do
    for number in 1 2 3; do
      run hint 9 "$number" --lang "$language"
      exits 0
      fits "$out"
      cksum <"$out" >>"$work/hints"
    done
  done
  same 'different hints' 6 "$(sort -u "$work/hints" | wc -l)"
  run hint 9
  same 'the first' "$(head -n 1 "$work/hints")" "$(cksum <"$out")"
}

test_the_environment_chooses_the_language() {
  speaks() {  # LANGUAGE SETTING..
    local settings=("${@:2}")
    run hint 9
    same "with ${*:2}" "$1" "$(grep -qP '\p{Han}' "$out" && echo zh || echo en)"
  }
  speaks en
  speaks zh PIDLAB_LANG=zh
  speaks zh LC_ALL=zh_CN.UTF-8
  speaks en LC_ALL=de_DE.UTF-8 LANG=zh_CN.UTF-8
  speaks en LC_ALL=zh_CN.UTF-8 PIDLAB_LANG=en
  local settings=(PIDLAB_LANG=zh)
  run hint 9 --lang en
  same 'Chinese lines' 0 "$(grep -cP '\p{Han}' "$out")"
}

test_the_catalogue_has_every_claim() {
  run catalogue
  exits 0
  quiet "$err"
  says "$out" '# The catalogue of claims' '| S1-1 |' '| X-12 |' '(../labs/12_init_death/)'
}

# --- Running labs

test_a_program_is_graded_by_what_it_does() {
  local options=(-pf --mount-proc --kill-child)
  run grade --exe unshare -- "${options[@]}"
  exits 0
  fits "$out"
  says "$out" "/unshare ${options[*]} COMMAND" '8 passed, 0 failed, 0 skipped'
  run grade --exe unshare -- -pf --mount-proc
  exits 1
  fits "$out"
  says "$out" 'FAIL   8  ' hint '7 passed, 1 failed, 0 skipped'
  run grade --lang zh --exe unshare -- -pf --mount-proc
  same 'Chinese hints' 1 "$(grep -cP 'hint.*\p{Han}' "$out")"
  run grade --exe true
  exits 1
  says "$out" 'FAIL   1  ' '0 passed, 1 failed, 0 skipped'
  leaves_nothing
  possible "$work/forbidden" 'a place that forbids PID namespaces' || return
  by "$work/forbidden" run grade --exe unshare -- "${options[@]}"
  exits 4
  says "$out" 'to run' '0 passed, 0 failed, 1 skipped'
}

test_a_lab_is_found_by_its_number_its_slug_or_both() {
  for lab in 9 09 orphan_adoption 09_orphan_adoption; do
    run run "$lab"
    exits 0
    same 'first line' 'Lab 09' "$(head -n 1 "$out" | cut -c 1-6)"
  done
}

test_in_a_pipe_every_lab_is_told_straight_through_the_same_each_time() {
  run list --json
  for lab in $(value "$out" '" ".join(f["number"] for f in d if "title" in f)'); do
    for language in en zh; do
      run run "$lab" --lang "$language"
      exits 0
      quiet "$err"
      fits "$out"
      says "$out" "README$([ "$language" = en ] || echo .zh).md"
      cp "$out" "$work/before"
      run run "$lab" --lang "$language" --auto
      same 'difference' '' "$(diff "$work/before" "$out" | head -n 5)"
    done
  done
  leaves_nothing
}

test_predictions_can_be_left_out() {
  run run 9
  says "$out" PREDICT 'The answer is'
  run run 9 --no-predict
  exits 0
  same 'predictions' 0 "$(grep -cE 'PREDICT|The answer is' "$out")"
}

test_verify_ends_in_counts_and_changes_nothing() {
  cp /proc/self/mountinfo "$work/mounts"
  run verify --json "$json"
  exits 0
  quiet "$err"
  fits "$out"
  counts_agree
  same 'change of the mounts' '' "$(diff "$work/mounts" /proc/self/mountinfo)"
  leaves_nothing
}

test_verify_counts_the_steps_as_the_lab_does() {
  run run 12 --lang en
  local told
  told=$(sed -nE 's|^Step ([0-9]+)/[0-9]+ .*|\1|p' "$out" | tr '\n' ' ')
  run verify 12 --json "$json"
  exits 0
  same 'steps' "$told" "$(value "$json" '"".join(
    "%d " % s["number"] for e in d["experiments"] for s in e["steps"])')"
}

test_verify_takes_labs_a_filter_and_repetitions() {
  run verify 09 12 --filter '*Orphans*' --repeat 3 --jobs 2 --timeout-scale 2 --json "$json"
  exits 0
  fits "$out"
  counts_agree
  same 'runs' "[{'PASS': 3}]" "$(value "$json" '[e["runs"] for e in d["experiments"]]')"
  run verify 9
  local once
  once=$(tail -n 1 "$out")
  run verify 9 09 orphan_adoption
  same 'each lab once' "$once" "$(tail -n 1 "$out")"
}

test_results_that_cannot_be_written_stop_it_before_anything_runs() {
  cannot() {  # FILE
    run verify 9 --json "$1"
    exits 5
    quiet "$out"
    says "$err" "$1"
    same 'lines on stderr' 1 "$(wc -l <"$err")"
    leaves_nothing
  }
  cannot "$work/no/such/folder.json"
  cannot "$work/open"
  possible "$capless" 'somebody without capabilities' || return
  echo precious >"$json" && chmod 444 "$json"
  by "$capless" cannot "$json"
  same 'its content' precious "$(cat "$json")"
  rm -f "$json"
  chmod 555 "$work/open"
  by "$capless" cannot "$json"
  chmod 777 "$work/open"
}

test_results_are_written_whole() {
  seq 99999 >"$json"
  for starter in env "$work/without_stdout"; do
    by "$starter" run verify 9 --json "$json"
    same 'complete' True "$(value "$json" 'd["complete"]')"
    leaves_nothing
    rm "$json"
  done
}

# Otherwise root would take /dev/null or /dev/stdout away from everybody.
test_reports_stand_side_by_side() {
  run verify 1 --json "$json"
  run matrix show "$json" "$json"
  exits 0
  says "$out" '0 claims differ'
  sed -i 's/"verdict": "PASS"/"verdict": "FAIL"/' "$json"
  "$pidlab" verify 1 --json "$work/open/other.json" >/dev/null
  run matrix show "$json" "$work/open/other.json"
  says "$out" different
  fits "$out"
  run matrix run --json "$work/open/matrix.json" --expect "$work/open/other.json"
  exits 1
  says "$out" 'it was not there'
  rm "$work/open/other.json" "$work/open/matrix.json"
}
test_results_can_go_into_what_is_no_file() {
  ln -s /dev/null "$json"
  run verify 9 --json "$json"
  same 'the link' /dev/null "$(readlink "$json")"
  rm "$json"
  mkfifo "$json"
  timeout 20 cat "$json" >"$work/through" & local reader=$!
  run verify 9 --json "$json"
  wait "$reader"
  [ -p "$json" ] || fail 'the fifo is gone'
  same 'complete' True "$(value "$work/through" 'd["complete"]')"
}

test_a_skip_says_why_and_is_no_success_if_that_is_asked() {
  possible "$work/masked" 'a masked /proc' || return
  by "$work/masked" run verify 01 --json "$json"
  exits 0
  fits "$out"
  counts_agree
  same 'skips' 1 "$(value "$json" 'd["summary"]["skipped"]')"
  says "$out" '  reason ' '  needs ' '  probed ' '  to run '
  by "$work/masked" run verify 01 --fail-on-skip
  exits 1
  run verify 09 --fail-on-skip
  exits 0
}

test_when_everything_is_skipped_the_exit_status_is_4() {
  possible "$work/forbidden" 'a place that forbids PID namespaces' || return
  by "$work/forbidden" run verify --json "$json"
  exits 4
  fits "$out"
  counts_agree
  same 'skips without a reason' 0 "$(value "$json" \
    'sum(not all(e["skip"].values()) for e in d["experiments"])')"
  by "$work/forbidden" run run 9
  exits 4
  says "$out" '  reason ' '  needs ' '  probed ' '  to run '
}

test_without_capabilities_nothing_is_an_error() {
  possible "$capless" 'somebody without capabilities' || return
  by "$capless" run verify --json "$json"
  exits 0 4
  counts_agree
}

rounds=20
another_round() {  # until one fails, too
  ((failures == before && round++ < rounds))
}

test_an_interrupted_verify_leaves_nothing_and_exits_with_130() {
  local round=0 before=$failures
  while another_round; do
    for signal in INT TERM HUP; do
      echo '"before"' >"$json"
      start verify --repeat 1000 --json "$json"
      # ^C may come even before the program knows that it has begun.
      [ "$signal" = INT ] || await 20 has_begun
      await_some_moment 100
      ((round > 1)) || await 20 crowded || fail 'it had no processes to leave'
      kill "-$signal" "$started"
      finish
      exits 130
      leaves_nothing
      same 'whole results, or those of before' before \
        "$(value "$json" '"before" if d == "before" or d["complete"] == False else d')"
    done
  done
}

test_a_killed_pidlab_leaves_nothing_within_a_second() {
  local round=0 before=$failures
  while another_round; do
    start verify --repeat 1000 --json "$json"
    await_some_moment 200
    kill -KILL "$started"
    finish
    leaves_nothing 1
    start run 12
    await_some_moment 40
    kill -KILL "$started" 2>/dev/null
    finish
    leaves_nothing 1
  done
}

test_under_nohup_it_outlives_its_terminal() {
  by "$work/nohup" start verify 9 --repeat 50
  await 20 crowded
  kill -HUP "$started"
  finish
  exits 0
}

commands=(list 'list --json' 'run 9' 'verify 9' 'hint 9' --help --version)

test_a_reader_that_goes_away_is_no_accident() {
  for command in "${commands[@]}"; do
    read -ra words <<<"$command"
    exec 9> >(:)
    wait $!  # now nobody reads
    by "$work/into_closed_pipe" run "${words[@]}"
    exec 9>&-
    exits 0 5 141
    (($(wc -l <"$err") <= 1)) || fail "expected one line at most, saw: $(cat "$err")"
    leaves_nothing
  done
}

test_output_that_is_lost_is_no_success() {
  for command in "${commands[@]}"; do
    read -ra words <<<"$command"
    by "$work/onto_full_disk" run "${words[@]}"
    exits 5
    says "$err" 'cannot write'
  done
}

test_an_ordinary_user_gets_the_same() {
  possible "$ordinary unshare --user" 'an ordinary user with user namespaces' || return
  by "$ordinary" run verify --json "$json"
  exits 0
  counts_agree
  leaves_nothing
  run run 12
  cp "$out" "$work/before"
  by "$ordinary" run run 12
  same 'difference' '' "$(diff "$work/before" "$out" | head -n 5)"
  local rounds=5
  by "$ordinary" test_an_interrupted_verify_leaves_nothing_and_exits_with_130
  by "$ordinary" test_a_killed_pidlab_leaves_nothing_within_a_second
}

# ---

if [ -z "$one" ]; then
  run verify 9
  if [ "$status" = 4 ]; then
    echo 'skipped: everything that runs a lab; no PID namespace can be made here'
    mapfile -t tests < <(sed '/^# --- Running labs/q' "$script" | grep -oE '^test_\w+')
  fi
fi
run_side_by_side "$pidlab"
