#!/bin/bash
# What docs/containers.md promises, by its own commands.
#
#   containers_test.sh PIDLAB [TEST..]
#
# What cannot be tried on this machine is skipped, and said: all needs bubblewrap,
# and crun and runc are only tried by the machine's root.
#
# shellcheck disable=SC2317  # the tests are called by their names
set -u
# shellcheck source=tool/testing/test_functions.sh
. "${BASH_SOURCE[0]%/*}/testing/test_functions.sh"
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

select_tests "${@:2}"
work=$(mktemp -d "${TEST_TMPDIR:-${TMPDIR:-/tmp}}/containers.XXXXXX") || exit 2
out=$work/out err=$work/err page=$work/page
mark=$$.$RANDOM
started=
containers=()  # commands that start one; `delete -f` ends it

# Processes of ours, wherever they are: all have the mark in their environment.
ours() { grep -lszx "CONTAINERS_TEST=$mark" /proc/[0-9]*/environ; }
nobody_left() { [ -z "$(ours)" ]; }
clear_up() {
  local container file
  for container in "${containers[@]}"; do "$container" delete -f pidlab; done
  [ -z "$started" ] || kill -KILL "$started"
  ours | while IFS=/ read -r _ _ file _; do kill -KILL "$file"; done
  cd / && rm -rf "$work"
} >/dev/null 2>&1
trap clear_up EXIT
trap 'exit 130' HUP INT TERM

cp "$1" "$work/pidlab" && chmod 755 "$work" "$work/pidlab" || exit 2
cp "$(dirname "$0")/../docs/containers.md" "$page" || exit 2
cd "$work" || exit 2

# --- Running what the page says

# The commands below the comment "# TITLE".
block() {
  local text
  text=$(awk -v title="# $1" '/^```|^$/ { on = 0 } on; $0 == title { on = 1 }' "$page")
  printf '%s' "${text:-echo "the page has no commands for \"$1\"" >&2; exit 99;}"
}

as=()  # the command that starts it

run() {  # SCRIPT [ARGUMENTS..]: they are added to its last line
  did="$1 ${*:2}"
  "${as[@]}" env "CONTAINERS_TEST=$mark" timeout -k 5 100 \
    sh -ec "$did" </dev/null >"$out" 2>"$err"
  status=$?
}
by() { local as; read -ra as <<<"$1"; "${@:2}"; }  # 'STARTER..' COMMAND..

# --- Checks

explain() { tail -n 3 "$out" "$err" | sed 's/^/    | /'; }
counts() { grep -xE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped' "$out"; }
no_error() {  # every experiment passed, or was skipped with a reason
  [[ "$(counts)" == *' passed, 0 failed, '* ]] ||
    fail "expected counts with 0 failed, saw <$(counts)> $(tail -n 2 "$err")"
  sed -n '/^\(FAIL\|ERROR\) .* \/ /,/^$/p' "$out" |
    grep -E '^(FAIL|ERROR)|^  (error|ran|observed) ' | head -n 12 |
    sed 's/^/    | /'
  same 'skips without a reason' "$(counts | sed 's/.* \([0-9]*\) skipped/\1/')" \
    "$(grep -c '^  reason ' "$out")"
}
codes() { sed -n 's/^  reason  *//p' "$out" | sort -u | tr '\n' ' '; }
skips_for() { [[ " $(codes)" == *" $1 "* ]] || fail "expected skips with $1, saw <$(codes)>"; }
skip_of() {  # EXPERIMENT CODE: it is skipped for that
  same "skip of $1" "$2" \
    "$(sed -n "/^SKIP  .* \/ $1\$/,/^\$/s/^  reason  *//p" "$out")"
}
proc_is_open() {  # no part of it is masked, unless it is so outside as well
  [[ " $(codes)" != *' SANDBOXED '* || $masked = yes ]] ||
    fail "expected no skip with SANDBOXED, saw <$(codes)>"
}
all_skipped() {
  exits 4
  no_error
  same counts "0 passed, 0 failed, $experiments skipped" "$(counts)"
}
declare -A outside  # by who starts it: the counts there
as_outside() {  # what passes outside passes here, and nothing is skipped but that
  local inside who=${as[*]:-root}
  exits 0
  no_error
  inside=$(counts)
  [ -n "${outside[$who]-}" ] || { run './pidlab verify'; outside[$who]=$(counts); }
  same 'counts, which are those outside,' "${outside[$who]}" "$inside"
}
possible() {  # 'STARTER..' COMMAND WHAT: is the exit status 0?
  by "$1" run "$2"
  [ "$status" != 0 ] || return 0
  printf '    skipped: %s cannot be had here: %s\n' "$3" "$(tail -n 1 "$err")"
  return 1
}

# --- Who starts it

everybody='^ *0 +0 +4294967295$'  # the uid_map of the machine itself
ordinary='setpriv --reuid=65534 --regid=65534 --clear-groups'
$ordinary true 2>/dev/null || ordinary='env'
machines_root() {
  [ "$(id -u)" = 0 ] && grep -qE "$everybody" /proc/self/uid_map && return
  echo '    skipped: only for root of the machine'
  return 1
}

# --- bubblewrap

test_the_file_alone_lacks_programs_and_nothing_else() {
  alone=$(block 'the file alone, as any user')
  by "$ordinary" run "$alone"
  exits 0
  no_error
  skips_for TOOL_MISSING
  proc_is_open
}

test_with_usr_and_sys_it_is_as_outside() {
  full=$(block 'with /usr and /sys: as any user, what passes outside')
  by "$ordinary" run "$full"
  no_error
  proc_is_open
  grep -qE "$everybody" /proc/self/uid_map || return
  by "$ordinary" run "$full"
  by "$ordinary" as_outside
}

test_root_without_a_user_namespace_has_everything() {
  machines_root || return
  full=$(block 'with /usr and /sys: as any user, what passes outside')
  run "${full/--unshare-user /}"
  as_outside
}

test_where_user_namespaces_are_forbidden_all_is_skipped() {
  alone=$(block 'the file alone, as any user')
  [ "$(id -u)" != 0 ] || machines_root || return
  by "$ordinary" run "${alone/--unshare-user/--unshare-user --disable-userns}"
  all_skipped
  same codes 'NO_PRIVILEGE ' "$(codes)"
}

# Not on the page: nothing that is missing around it is an error.
without() {  # SED: on the command for the file alone
  alone=$(block 'the file alone, as any user')
  by "$ordinary" run "$(sed "$1" <<<"$alone")"
}
test_without_dev_or_a_proc_to_write_to_all_is_skipped() {
  local changes=('s| --dev /dev||' 's| --proc /proc||')
  local change read_only='s|--proc /proc|--ro-bind /proc /proc|'
  # bubblewrap leaves uid 0 its capabilities: that needs no user namespace, and
  # mounts a proc of its own.
  if [ "$($ordinary id -u)" = 0 ]; then
    without "$read_only"
    exits 0
    no_error
  else
    changes+=("$read_only")
  fi
  for change in "${changes[@]}"; do
    without "$change"
    all_skipped
    same "codes after $change" 'SANDBOXED ' "$(codes)"
  done
}
test_without_tmp_a_few_are_skipped() {
  without 's| --tmpfs /tmp||'
  exits 0
  no_error
  skip_of ABindMountKeepsNobodyAlive SANDBOXED
}
test_programs_without_their_loader_are_missing() {
  without 's|--proc /proc|--ro-bind /usr /usr --proc /proc|'
  exits 0
  no_error
  skip_of NoThreadsWhileChildrenGoElsewhere TOOL_MISSING
}
test_the_unshare_of_busybox_is_missing() {
  local busybox applet
  busybox=$(command -v busybox) || { echo '    skipped: there is no busybox'; return; }
  mkdir box
  for applet in $(busybox --list); do ln -s busybox "box/$applet"; done
  rm -f box/busybox && cp "$busybox" box && chmod 755 box box/busybox
  local libraries='--ro-bind /usr/lib /usr/lib --symlink usr/lib /lib --ro-bind-try /lib64 /lib64'
  without "s|--proc /proc|--ro-bind box /bin $libraries --proc /proc|"
  exits 0
  no_error
  skip_of UnsharePidFileKeepsNoMore TOOL_MISSING
}

test_capabilities_without_uid_0_are_no_error() {
  alone=$(block 'the file alone, as any user')
  by "$ordinary" run "${alone/--unshare-user/--unshare-user --cap-add ALL}"
  no_error
}

test_a_killed_bubblewrap_leaves_nobody() {
  alone=$(block 'the file alone, as any user')
  crowded() { [ "$(ours | wc -l)" -ge 4 ]; }
  for round in 1 2 3 4 5 6 7 8; do
    as=()
    ((round % 2)) || read -ra as <<<"$ordinary"
    "${as[@]}" env "CONTAINERS_TEST=$mark" sh -c "exec $alone --repeat 1000" \
      </dev/null >"$out" 2>"$err" &
    started=$!
    await 20 crowded || fail "it has not begun: $(tail -n 2 "$err")"
    sleep "0.$(printf %03d $((RANDOM % 200)))"
    kill -KILL "$started"
    wait "$started"
    started=
    await 2 nobody_left || fail "left: $(ours | wc -l) processes"
  done 2>/dev/null
  as=()
}

# --- crun and runc

# Starts what $1 is with a state of its own, and where it sees cgroup v2 alone.
# It takes crun's arguments.
runtime() {
  local program options=()
  program=$(command -v "$1") || return
  [ "$1" = runc ] || options=(--cgroup-manager=disabled)
  mkdir -p "$work/bin.$1"
  cat >"$work/bin.$1/crun" <<END
#!/bin/sh
[ "\$1" != spec ] || exec $program spec
[ "\$1" != --cgroup-manager=disabled ] || shift
exec unshare -m sh -c 'mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null; exec "\$@"' sh \
  $program --root $work/state.$1 ${options[*]-} "\$@"
END
  chmod 755 "$work/bin.$1/crun"
}

# bundle TITLE..: changed by what the page says under these titles.
bundle() {
  local title
  rm -rf bundle
  run "$(block 'the bundle')"
  exits 0
  cd bundle || return
  for title in "$@"; do
    run "$(block "$title")"
    exits 0
  done
  cd "$work" || return
  change 's|"TERM=xterm"|&, "CONTAINERS_TEST='"$mark"'"|'
}
change() { sed -i "$@" bundle/config.json; }  # SED SCRIPT
contain() { run 'cd bundle && exec crun --cgroup-manager=disabled run pidlab'; }

# The calls that are denied, as a seccomp profile.
deny() {  # ERRNO CALLS..
  local calls
  calls=$(printf '"%s",' "${@:2}")
  printf '{"names": [%s], "action": "SCMP_ACT_ERRNO", "errnoRet": %d}' "${calls%,}" "$1"
}
deny_clone() {  # FLAG..: clone(2) with one of these
  local flag
  for flag in "$@"; do
    printf '{"names": ["clone"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [
      {"index": 0, "value": %d, "valueTwo": %d, "op": "SCMP_CMP_MASKED_EQ"}]}' "$flag" "$flag"
  done | sed 's/}{/},{/g'
}
profile() {  # RULES
  local rules
  rules=$(tr -d '\n' <<<"$1")
  change 's|"linux": {|&"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": ['"$rules"']},|'
}

# in_each COMMAND: with crun, and with runc. in_one COMMAND: with one of them,
# for what pidlab makes of a container that any runtime makes alike.
in_one() { in_each "$1" 1; }
in_each() {  # COMMAND [HOW MANY]
  machines_root || return
  local name path=$PATH tried=0
  for name in crun runc; do
    ((tried < ${2:-2})) || break
    runtime "$name" || { echo "    skipped: there is no $name"; continue; }
    PATH=$work/bin.$name:$path
    bundle
    change 's|"verify"|"--version"|'
    contain
    if [ "$status" = 0 ]; then
      containers=("$work/bin.$name/crun")
      printf '    in %s\n' "$name"
      tried=$((tried + 1))
      "$1"
    else
      printf '    skipped: %s cannot be had here: %s\n' "$name" "$(tail -n 1 "$err")"
    fi
    PATH=$path
  done
}

usr="the machine's programs"
setfcap='one capability: user namespaces'
unmasked='nothing of /proc is masked'
six='six capabilities: everything, masked or not'

test_a_container_as_it_comes_skips_all() {
  as_it_comes() { bundle "$@"; contain; all_skipped; same codes 'NO_PRIVILEGE ' "$(codes)"; }
  both() { as_it_comes; as_it_comes "$usr"; }
  in_each both
}

test_with_setfcap_and_an_open_proc_only_users_are_missing() {
  one_capability() {
    bundle "$usr" "$setfcap" "$unmasked"
    contain
    exits 0
    no_error
    proc_is_open
    bundle "$usr" "$setfcap"
    contain
    no_error
    exits 0
    skip_of EachUserNamespaceLimitsHowManyThereAre SANDBOXED
  }
  in_each one_capability
}

test_with_six_capabilities_it_is_as_outside() {
  six_capabilities() {
    bundle "$usr" "$six"
    contain
    as_outside
    bundle "$usr" "$six" "$unmasked"
    contain
    as_outside
    bundle "$six"
    contain
    exits 0
    no_error
    skips_for TOOL_MISSING
  }
  in_each six_capabilities
}

# What Docker's own profile does to those without CAP_SYS_ADMIN; in short.
namespaces_denied() {
  profile "$(deny 38 clone3),$(deny 1 unshare setns mount umount2 fsopen fsmount move_mount),
    $(deny_clone 0x20000 0x2000000 0x4000000 0x8000000 0x10000000 0x20000000 0x40000000)"
}
test_where_seccomp_denies_namespaces_all_is_skipped() {
  denied() {
    bundle "$usr" "$setfcap"
    namespaces_denied
    contain
    all_skipped
  }
  in_one denied
}

# One call, and an experiment that needs it; - if there is another way.
test_what_seccomp_denies_is_skipped() {
  one_denied() {
    local err call code experiment
    while read -r err call code experiment; do
      bundle "$usr" "$six"
      profile "$(deny "$err" "$call")"
      contain
      no_error
      same "exit status without $call" 0 "$status"
      [ "$code" = - ] || skip_of "$experiment" "$code"
    done <<'END'
1 reboot NO_PRIVILEGE ARebootEndsTheNamespaceAndNotTheMachine
1 sethostname NO_PRIVILEGE AnExecKeepsPidOneAndReadsTheNewName
1 ptrace NO_PRIVILEGE ALeakCheckerCannotLookAtWhoHasUnshared
38 clone3 KERNEL_FEATURE OneNumberIsChosenPerLevel
1 open_by_handle_at -
1 kcmp -
1 membarrier -
END
  }
  in_one one_denied
}

test_without_the_calls_that_all_are_made_of_all_is_skipped() {
  basic_denied() {
    local call
    for call in unshare setns pidfd_open pidfd_send_signal mount; do
      bundle "$usr" "$six"
      profile "$(deny 1 "$call")"
      contain
      all_skipped
      same "codes without $call" 'SANDBOXED ' "$(codes)"
    done
  }
  in_one basic_denied
}

test_a_capability_less_is_a_skip() {
  one_less() {
    local capability experiment
    while read -r capability experiment; do
      bundle "$usr" "$six"
      change "s/\"CAP_$capability\",\\?//; s/, *\$/,/"
      change ':a;N;$!ba;s/,\(\s*\]\)/\1/g'
      contain
      no_error
      same "exit status without $capability" 0 "$status"
      skip_of "$experiment" NO_PRIVILEGE
    done <<'END'
SETFCAP AShellNeedsTheMapping
SYS_PTRACE TheRightToTraceIsEnough
SYS_CHROOT ItsOwnProcDoesNotShowIt
SETUID AnAncestorNeedsPermissionAsWell
SETGID HidepidHidesFromOtherUsers
END
  }
  in_one one_less
}

# Not on the page: nothing below /proc/sys can be read or written.
test_where_proc_sys_is_covered_pid_max_is_skipped() {
  covered() {
    bundle "$usr" "$six"
    change 's|"maskedPaths": \[|&"/proc/sys",|'
    contain
    exits 0
    no_error
    skip_of EachNamespaceHasItsOwnPidMax SANDBOXED
  }
  in_one covered
}

test_a_killed_container_leaves_nobody() {
  killed() {
    local how
    for how in 'kill pidlab KILL' 'delete -f pidlab'; do
      bundle "$six"
      change 's|"verify"|"verify", "--repeat", "1000"|'
      crowded() { [ "$(ours | wc -l)" -ge 4 ]; }
      (cd bundle && exec crun --cgroup-manager=disabled run pidlab) </dev/null >"$out" 2>"$err" &
      started=$!
      await 20 crowded || fail "it has not begun: $(tail -n 2 "$err")"
      run "crun $how"
      exits 0
      await 2 nobody_left || fail "left after $how: $(ours | wc -l) processes"
      wait "$started"
      started=
      crun delete -f pidlab
    done 2>/dev/null
  }
  in_each killed
}

# ---

experiments=$(./pidlab list --json | grep -c '"claim":')
by "$ordinary" run './pidlab verify'
# bubblewrap covers what of /proc the user behind its caller's uid could write.
if [[ " $(codes)" = *' SANDBOXED '* || $(id -u) != 0 && -O /proc/sys ]]; then
  masked=yes
else
  masked=no
fi
possible "$ordinary" 'bwrap --unshare-user --unshare-pid --ro-bind pidlab /pidlab \
  --proc /proc --dev /dev /pidlab --version' bubblewrap || exit 0
run_tests
