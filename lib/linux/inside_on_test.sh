#!/bin/bash
# What may stand in ON() allocates nothing, locks nothing and throws nothing: a
# process that raw clone3(2) has made may have copied a lock that is held. So
# none of the object files asks the linker for such a thing, and each header says
# that it may be called there.
set -u

archive=$1
shift
status=0

# Printing is the runner's: what is called from an operator<<, std::ostream
# alone, is not looked for.
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
