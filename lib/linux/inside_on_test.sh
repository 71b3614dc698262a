#!/bin/bash
# Code inside ON() must not allocate, lock or throw: a process that was created
# by a raw clone3(2) may have copied a lock that is held. So no object file may
# ask the linker for a function that does this, and each header must say that it
# may be called there.
set -u

archive=$1
shift
status=0

# Only the runner prints. So std::ostream, which is all that an operator<<
# calls, is not among the unwanted names.
unwanted='operator (new|delete)|(malloc|calloc|realloc|free)$|std::__throw_
__cxa_(throw|rethrow|allocate_exception|guard_acquire)
pthread_|std::(mutex|thread|basic_string<)|std::__cxx11::basic_string<
f?printf$|puts$|fopen|fwrite|raise$|abort$|exit$'

objects=$(nm --undefined-only --demangle "$archive") || exit 1
grep -q ' U waitid$' <<<"$objects" ||
  { echo "$archive does not even call waitid(2): is it lib/linux?"; status=1; }
if grep -E " U (${unwanted//$'\n'/|})" <<<"$objects"; then
  echo "^ may not be called inside ON() (nm -uC $archive)"
  status=1
fi

for header; do
  head -n 1 "$header" | grep -q '^// May be called inside ON()\. ' ||
    { echo "$header:1: does not say that all of it may be called inside ON()"; status=1; }
done
exit $status
