#!/bin/bash
# A value that must not be copied into another process must not compile inside
# ON(), and the compiler must say why. The first two cases are the positive
# controls.
set -u

source_file=$1
failures=0

compile() {  # MACRO: prints what the compiler says
  "${CXX:-g++}" -std=c++20 -Wall -Wextra -Werror -Wno-unused -Wunused-result \
    -fsyntax-only -I. \
    -isystem /usr/src/googletest/googletest/include \
    -isystem /usr/src/googletest/googlemock/include -D"$1" "$source_file" 2>&1
}

compiles() {  # MACRO
  if ! message=$(compile "$1"); then
    printf '%s should compile:\n%s\n' "$1" "$message"
    failures=$((failures + 1))
  fi
}

refused() {  # MACRO WORDS
  if message=$(compile "$1"); then
    printf '%s should not compile\n' "$1"
    failures=$((failures + 1))
  elif ! tr -s '" \n' ' ' <<<"$message" | grep -qF "$2"; then
    printf '%s should be refused with "%s", but the compiler says:\n%s\n' \
      "$1" "$2" "$message"
    failures=$((failures + 1))
  fi
}

compiles NUMBER
compiles TEXT
refused STRING 'a std::string, an owner of a descriptor or a Process cannot cross'
refused OWNER 'deleted function'
refused PROCESS 'cannot cross'
refused LARGE 'more local variables than fit into one request'
refused STRING_RESULT 'comes back as bytes'
refused LARGE_RESULT 'larger than one answer'
refused IGNORED 'ON() alone does nothing'

exit $((failures > 0))
