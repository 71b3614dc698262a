#!/bin/bash
# What pidlab promises to somebody who sits at a terminal of 80 columns and 24
# lines, tested in tmux. What scripts and pipes see is in cli_test.sh.
#
#   terminal_test.sh PIDLAB [TEST..]
#
# Several tests run at a time, each in a shell and a folder of its own. What cannot
# be tried on this machine is skipped, and said.
#
# shellcheck disable=SC2317,SC2016  # the tests are called by their names
set -u
# shellcheck source=tool/testing/test_functions.sh
. "${BASH_SOURCE[0]%/*}/testing/test_functions.sh"
export LC_ALL=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin
unset LANG LC_MESSAGES PIDLAB_LANG NO_COLOR TMUX
command -v tmux >/dev/null || { echo 'skipped: everything, since there is no tmux'; exit 0; }

select_tests "${@:2}"
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/terminal_test.XXXXXX") || exit 2
trap 'end_terminal; rm -rf "$work"' EXIT
pidlab=$work/pidlab
cp "$1" "$pidlab" && chmod 755 "$work" "$pidlab" && cd "$work" || exit 2

# --- The terminal

settings=()  # in pidlab's environment
as=()        # the command that starts it
terminals=0

cat >tmux.conf <<'END'
set -g status off
set -g history-limit 20000
set -g remain-on-exit on
END
# The processes of pidlab can be told by the mark in their environment.
cat >session <<'END'
trap : INT
stty -a >before
env "PIDLAB_TEST=$@"
echo $? >status.new
stty -a >after
mv status.new status
END
rm -f status

# The path of a socket may not be long: each terminal has one in this folder.
in_tmux() { tmux -S "./$mark" "$@"; }
end_terminal() { [ -z "${mark-}" ] || in_tmux kill-server 2>/dev/null; }

start() {  # ARGUMENTS..: pidlab in a new terminal
  end_terminal
  arguments=$* mark=$$.$((++terminals))
  rm -f status
  in_tmux -u -f tmux.conf new-session -d -x 80 -y 24 \
    bash session "$mark" "${settings[@]}" "${as[@]}" "$pidlab" "$@"
}
press() { in_tmux send-keys "$@"; }  # KEY..
screen() { in_tmux capture-pane -pJ -S - | sed 's/ *$//'; }
from() { screen | sed -n "/^$1/,\$p"; }  # LINE
prompts() { screen | grep -cE '^(Enter .* q .* >|  >)'; }
shows() { [[ $(screen) == *"$1"* ]]; }
ended() { [ -e status ]; }
asks() { ended || [ "$(prompts)" -ge "$1" ]; }

# Which processes of this terminal's pidlab are there?
left() { grep -lszx "PIDLAB_TEST=$mark" /proc/[0-9]*/environ; }
nobody_left() { [ -z "$(left)" ]; }
crowded() { [ "$(left | wc -l)" -ge 3 ]; }

await_prompt() {  # NUMBER: the first is 1
  await 20 asks "$1"
  ! ended || fail "prompt $1 does not come"
}
answer() {  # KEY..: and waits for the next question, or the end
  local before
  before=$(prompts)
  press "$@"
  await 20 asks $((before + 1)) || fail "nothing comes after $*"
}
await_end() { await 20 ended || fail 'it does not end'; }

# --- Checks

explain() {
  echo "    | pidlab $arguments; the screen:"
  screen 2>/dev/null | grep . | tail -n 8 | sed 's/^/    | /'
}
sees() {  # TEXT..
  local text
  for text; do
    await 20 shows "$text" || fail "expected \"$text\""
  done
}
sees_not() { ! shows "$1" || fail "did not expect \"$1\""; }
ends_with() {  # STATUS..: one of these, and the terminal as it was
  await_end
  [[ " $* " == *" $(cat status) "* ]] || fail "expected exit status $*, saw $(cat status)"
  same 'change of the terminal' '' "$(diff before after)"
}
leaves_nothing() {  # [SECONDS]: for the last to go
  await "${1-0}" nobody_left ||
    fail "left behind: $(left | sed 's/environ$/comm/' | xargs -r cat | tr '\n' ' ')"
}
labs() {
  "$pidlab" list --json | python3 -c 'import json, sys
print(*[f["number"] for f in json.load(sys.stdin) if "title" in f])'
}

# --- The narration

test_it_waits_for_enter_at_each_step() {
  start run 9
  for step in 1 2; do
    await_prompt "$step"
    sees "Step $step/7"
    sleep 0.2  # it has that time to do what it must not
    ! asks $((step + 1)) || fail 'it does not wait'
    sees_not "Step $((step + 1))/7"
    press Enter
  done
  for _ in {1..9}; do ended || answer Enter; done
  ends_with 0
  sees 'Step 7/7' 'PASS  '
  leaves_nothing
}

test_a_prediction_is_asked_before_its_step_is_shown() {
  start run 9
  press Enter Enter
  await_prompt 3
  local step
  step=$(from 'Step 3')
  same 'the question' '2' "$(grep -cE '^PREDICT|^    a\) ' <<<"$step")"
  same 'results' 0 "$(grep -cE '^  ok|->|The answer|^TRY| here ' <<<"$step")"
  answer b Enter
  sees 'The answer is b), as you said.' 'ok  orphan: getppid() -> 1'
}

test_any_answer_is_taken() {
  takes() {  # ANSWER REPLY: a regular expression
    start run 9
    press Enter Enter
    await_prompt 3
    press -l "$1"
    answer Enter
    grep -qxE "$2" <<<"$(from 'Step 3')" || fail "expected /$2/ to the answer ${1@Q}"
    sees 'From 3 to 1: grandparent is passed over.'
  }
  takes b 'The answer is b\), as you said\.'
  takes B 'The answer is b\), as you said\.'
  takes ' b' 'The answer is b\), as you said\.'
  takes c 'The answer is b\), you said c\.'
  takes '' 'The answer is b\)\.?'
  # No control character comes back, and no half of a letter.
  for garbage in $'\e[A' '二' "$(printf 'x%.0s' {1..300})"; do
    takes "$garbage" 'The answer is b\)(\.?|, you said (x+|二|[[:alnum:][:punct:]]+)\.)'
  done
}

test_predictions_can_be_left_out() {
  start run 9 --no-predict
  press Enter Enter
  await_prompt 3
  sees 'Step 3/7' 'ok  orphan: getppid() -> 1'
  sees_not PREDICT
}

test_the_keys_help() {
  start run 9 --step
  await_prompt 1
  sees ' h hint ' ' w why ' ' t tree ' ' q quit'
  for number in 1 2 3; do
    answer h Enter
    sees "$("$pidlab" hint 9 "$number" | head -c 40)"
  done
  local why='The four are PID 1, 2, 3 and 4'
  same 'explanations' 1 "$(screen | grep -cF "$why")"
  answer w Enter
  same 'explanations' 2 "$(screen | grep -cF "$why")"
  same 'trees' 1 "$(screen | grep -c '└─ orphan ')"
  answer t Enter
  same 'trees' 2 "$(screen | grep -c '└─ orphan ')"
  answer b Enter
  sees_not 'Step 2/7'
  answer l Enter
  sees '继续'
  answer Enter
  sees '步骤 2/7'
  answer l Enter
  answer Enter
  sees 'Step 3/7'
  answer Enter
  press q Enter
  ends_with 0 130
  leaves_nothing
}

test_every_lab_fits_80_columns_in_both_languages() {
  for lab in $(labs); do
    for language in en zh; do
      start run "$lab" --lang "$language"
      press -N 60 Enter
      ends_with 0
      same 'lines over 80 columns' '' "$(screen | python3 -c 'import sys, unicodedata
for line in sys.stdin.read().split("\n"):
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    if width > 80: print(width, line)')"
    done
  done
}

test_colours_can_be_turned_off() {
  colours() { in_tmux capture-pane -pe | grep -c $'\e'; }
  start run 9
  await_prompt 1
  [ "$(colours)" -gt 0 ] || fail 'expected colours'
  local settings=(NO_COLOR=1)
  start run 9
  await_prompt 1
  same 'lines with colours' 0 "$(colours)"
}

test_auto_and_a_pipe_do_not_stop() {
  start run 9 --auto
  ends_with 0
  same 'prompts' 0 "$(prompts)"
  sees 'Step 7/7'
  # shellcheck disable=SC2016
  local as=(bash -c '"$@" | cat; exit "${PIPESTATUS[0]}"' bash)
  start run 9
  ends_with 0
  same 'prompts' 0 "$(prompts)"
}

# --- The processes

test_the_pids_that_are_shown_are_real() {
  start run 9
  await_prompt 1
  local processes=0
  while read -r row; do
    [[ $row =~ [\ ]([0-9]+)([\ ]+([0-9]+|·))+$ ]] || continue
    processes=$((processes + 1))
    same "PIDs of $row" "$(tr -s ' ·\n' ' ' <<<"${BASH_REMATCH[0]}")" \
      "$(sed -n 's/^NSpid:\t/ /p' "/proc/${BASH_REMATCH[1]}/status" | tr '\t\n' '  ')"
  done < <(from '  .* here ')
  same 'processes' 5 "$processes"
}

test_what_it_says_to_try_works_in_a_second_terminal() {
  command -v ps >/dev/null || { echo '    skipped: there is no ps here'; return; }
  start run 9
  press Enter Enter Enter
  await_prompt 4
  local lines
  mapfile -t lines < <(from TRY | sed -n '2,/^$/s/^    //p')
  same 'lines to type' 3 "${#lines[@]}"
  in_tmux new-window -d -n second bash --norc --noprofile
  for line in "${lines[@]}"; do
    in_tmux send-keys -t :second -l "$line"$'\n'
  done
  for said in grandparent orphan 'Z parent'; do
    typed_says() { in_tmux capture-pane -p -t :second | grep -qx "$said"; }
    await 20 typed_says || fail "expected \"$said\" of: ${lines[*]},
      saw: $(in_tmux capture-pane -p -t :second | grep .)"
  done
}

# --- The end

test_control_c_and_control_d_end_it_at_any_prompt() {
  for key in C-c C-d; do
    for prompt in 1 3 4; do  # 3 is a prediction's
      start run 9
      [ "$prompt" = 1 ] || press -N $((prompt - 1)) Enter
      await_prompt "$prompt"
      await 1 crowded || fail 'it had no processes to leave'
      press "$key"
      ends_with 130
      leaves_nothing
    done
  done
}

test_control_c_ends_a_verification() {
  start verify --repeat 1000
  await 20 crowded || fail 'it had no processes to leave'
  press C-c
  ends_with 130
  sees INTERRUPTED
  leaves_nothing
}

test_nothing_outlives_the_terminal() {
  for command in 'run 9' 'run 12' 'verify --repeat 1000'; do
    read -ra words <<<"$command"
    start "${words[@]}"
    await 20 crowded || fail 'it had no processes to leave'
    in_tmux kill-session
    leaves_nothing 1
  done
}

test_killed_at_any_step_of_any_lab_it_leaves_nothing_within_a_second() {
  for lab in $(labs); do
    for prompt in {1..40}; do
      start run "$lab" --no-predict
      [ "$prompt" = 1 ] || press -N $((prompt - 1)) Enter
      await 20 asks "$prompt" || fail "prompt $prompt does not come"
      ! ended || break
      crowded || fail 'it had no processes to leave'
      kill -KILL "$(pgrep -P "$(in_tmux display-message -p '#{pane_pid}')")"
      leaves_nothing 1
    done
  done
}

test_without_privilege_it_is_the_same() {
  local as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${as[@]}" unshare --user "$pidlab" --version >/dev/null 2>&1 ||
    { echo '    skipped: no other user, or no user namespace for it'; return; }
  test_the_pids_that_are_shown_are_real
  test_control_c_and_control_d_end_it_at_any_prompt
}

# ---

if [ -z "$one" ]; then
  "$pidlab" verify 9 >/dev/null
  if [ $? = 4 ]; then
    echo 'skipped: everything, since no PID namespace can be made here'
    exit 0
  fi
fi
run_side_by_side "$pidlab"
