#!/bin/bash
# Programs that create PID namespaces need care with the address sanitizer: its
# leak check at exit creates a process, which fails where PID 1 has ended. (C-6;
# experiments/leak_checker shows why.)
set -u
program=$1

# expect STATUS COMMAND..
expect() {
  local expected=$1 said status
  shift
  said=$("$@" 2>&1)
  status=$?
  [ "$status" != 77 ] || { echo "not checked: $said"; exit 0; }
  [ "$status" = "$expected" ] ||
    { echo "expected $expected, got $status: $*"; echo "$said"; exit 1; }
}

expect 0 "$program" ordinary
expect 1 "$program" dead_init
expect 0 env ASAN_OPTIONS=detect_leaks=0 "$program" dead_init
