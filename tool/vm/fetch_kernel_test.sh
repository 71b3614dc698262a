#!/bin/bash
# What fetch_kernel.sh promises: tested with an archive that is made here, and,
# where apt itself does not matter, with an apt-get that is a few lines long.
#
#   fetch_kernel_test.sh FETCH_KERNEL [TEST..]
#
# shellcheck disable=SC2317  # the tests are called by their names
set -u
# shellcheck source=tool/testing/test_functions.sh
. "${BASH_SOURCE[0]%/*}/../testing/test_functions.sh"
export LC_ALL=C.UTF-8

fetch_kernel=$(readlink -f "$1")
select_tests "${@:2}"
if ! [ -x /usr/lib/apt/apt-helper ]; then
  echo 'skipped: all of it; there is no apt here'
  exit 0
fi
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/fetch_kernel_test.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
cache="$work/the cache" out=$work/out err=$work/err fake=$work/fake

keyring=$work/keys

start() {  # [SERIES]: in the background; its PID is $started
  : >"$out"
  env --default-signal=HUP,INT,QUIT,TERM,USR1 \
    sh "$fetch_kernel" "$cache" "${1-}" "$keyring" >"$out" 2>"$err" &
  started=$!
}
finish() { wait "$started"; status=$?; } 2>/dev/null  # bash would say what killed it
run() { start "$@"; finish; }

prints() { exits 0; same output "$1" "$(cat "$out")"; }
refuses() {  # WORDS
  exits 5
  same 'lines of output' 1 "$(wc -l <"$out")"
  says "$out" "$1"
  no_draft
}
no_draft() { [ ! -e "$cache/drafts" ] || fail "left: $(ls "$cache/drafts")"; }
no_kernel() { same kernels '' "$(ls "$cache/kernels")"; }

# --- With an apt-get of a few lines. It looks into $fake for what it says
# ("targets", or "guesses" if the origins are not known), for the index of each
# suite, and for packages; "errors" is what it says of anything else. If there is
# a fifo "hang", it hangs, and holds it open; if there is "method", so does a child.

use_fake() {
  mkdir -p "$fake/bin" "$fake/packages"
  cat >"$fake/bin/apt-get" <<'END'
#!/bin/sh
for last in "$@"; do :; done
for word in "$@"; do
  case $word in Dir::State=*) state=${word#*=} suite=${word##*/} ;; esac
done
if [ -e "$fake/hang" ] && [ "$1" != indextargets ]; then
  exec 3>"$fake/hang"
  [ ! -e "$fake/method" ] || sleep 1000 &
  echo ready >&3
  exec sleep 1000
fi
case $* in
  indextargets\ --no-release-info*) cat "$fake/guesses" ;;
  indextargets*) cat "$fake/targets" ;;
  *' update '*)
    read -r source <"$state/sources.list"
    echo "$source" >>"$fake/sources"
    [ -e "$fake/$suite" ] && mkdir -p "$state/lists" &&
      cp "$fake/$suite" "$state/lists/a_main_Packages.gz" ;;
  *' download '*)
    echo "$suite $last" >>"$fake/downloads"
    : >"${last%=*}.deb"  # as a download leaves it that breaks off
    cp "$fake/packages/${last%=*}.deb" . ;;
esac 2>/dev/null || { cat "$fake/errors" >&2; exit 100; }
END
  chmod +x "$fake/bin/apt-get"
  echo 'E: there is none' >"$fake/errors"
  echo 'Debian|file:/debian/|bookworm|main' >"$fake/targets"
  echo 'Debian|file:/security/|bookworm-security|main' >>"$fake/targets"
  export fake PATH="$fake/bin:$PATH"
}
package() {  # NAME VERSION [BYTES]: as in an index
  printf '%s\n' "Package: $1" 'Source: linux' "Version: $2" \
    'Description: Linux' ' Version: none' "Size: ${3-27000000}" ''
}
image() { package "linux-image-$1-cloud-amd64" "${@:2}"; }  # RELEASE VERSION [BYTES]
control() {  # PACKAGE VERSION
  printf '%s\n' "Package: $1" "Version: $2" 'Architecture: amd64' \
    'Maintainer: Nobody <nobody@example.invalid>' 'Description: a kernel'
}
index() { gzip >"$fake/$1"; }                               # SUITE
downloads() { cat "$fake/downloads"; }
deb() {  # PACKAGE VERSION IMAGE: can be downloaded, with the image at this path
  mkdir -p "$work/$1/DEBIAN" "$work/$1/${3%/*}"
  echo 'the kernel' >"$work/$1/$3"
  control "$1" "$2" >"$work/$1/DEBIAN/control"
  dpkg-deb -Znone --build "$work/$1" "$fake/packages/$1.deb" >/dev/null
}

test_kernels_are_those_of_virtual_machines_with_an_image_in_the_package() {
  use_fake
  { image 5.10.0-1 5.10.1-1
    package linux-image-6.1.0-9-cloud-amd64-unsigned 6.1.27-1
    package linux-image-6.2.0-9-amd64-unsigned 6.2.27-1
    package linux-image-cloud-amd64 6.3.27-1
    package linux-modules-6.4.9+deb14-cloud-amd64 6.4.9-1
    package linux-binary-7.2.9+deb14-cloud-amd64 7.2.9-1
    image 7.3.9+deb14 7.3.9-1 1916
    package xlinux-image-6.5.0-1-cloud-amd64 6.5.0-1
    package linux-headers-6.6.0-1-cloud-amd64 6.6.0-1; } | index bookworm
  run
  prints '5.10   5.10.0-1-cloud-amd64                 bookworm
6.1    6.1.0-9-cloud-amd64                  bookworm
7.2    7.2.9+deb14-cloud-amd64              bookworm'
}

test_the_list_has_the_newest_of_each_series_whichever_suite_has_it() {
  use_fake
  image 5.10.0-1 5.10.237-1 | index bullseye
  { image 6.1.0-1 6.1.27-1; image 6.1.0-9 6.1.99-1; image 6.1.0-3 6.1.98-1; } | index bookworm
  { image 6.1.0-56 6.1.112-1; image 6.1.0-2 6.1.100-1; } | index bookworm-security
  image 6.12.9+bpo 6.12.9-1~bpo12+1 | index bookworm-backports
  { image 6.12.9+deb13 6.12.9-1; image 6.9.7 6.9.7-1; } | index trixie
  image 6.12.9+sid 6.12.9-1 | index sid
  run
  prints '5.10   5.10.0-1-cloud-amd64                 bullseye
6.1    6.1.0-56-cloud-amd64                 bookworm-security
6.9    6.9.7-cloud-amd64                    trixie
6.12   6.12.9+deb13-cloud-amd64             trixie'
  says "$err" 'pidlab: looking into trixie-security'
  says "$err" 'pidlab: trixie-security is left out: there is none'
}

test_versions_have_the_order_of_dpkg() {
  use_fake
  { image 1.1.1-1 6.1+b-1; image 1.1.2-1 6.1-2      # not for sort -V
    image 1.2.1-1 6.1-1~rc10; image 1.2.2-1 6.1-1; image 1.2.3-1 6.1-1~rc1
    image 1.3.1-1 6.1.9-1; image 1.3.2-1 6.1.10-1
    image 1.4.1-1 1:5.1-1; image 1.4.2-1 6.1-1; } | index sid
  run
  same releases '1.1.1-1 1.2.2-1 1.3.2-1 1.4.1-1' \
    "$(awk '{ print $2 }' "$out" | sed 's/-cloud-amd64//' | paste -s -d ' ')"
}

test_the_newest_is_tried_first_then_that_of_another_suite() {
  use_fake
  { image 6.1.0-1 6.1.27-1; image 6.1.0-9 6.1.99-1; image 6.12.9 6.12.9-1; } | index bookworm
  { image 6.1.0-3 6.1.98-1; image 6.1.0-56 6.1.112-1; } | index bookworm-security
  run 6.1
  refuses 'cannot download a kernel 6.1, for the reasons above. Try again, or give a kernel image by --kernel FILE'
  same downloads 'bookworm-security linux-image-6.1.0-56-cloud-amd64=6.1.112-1
bookworm linux-image-6.1.0-9-cloud-amd64=6.1.99-1' "$(downloads)"
  says "$err" 'pidlab: fetching linux-image-6.1.0-56-cloud-amd64 6.1.112-1 (27 MB) from bookworm-security'
  says "$err" 'pidlab: cannot download linux-image-6.1.0-56-cloud-amd64 6.1.112-1: there is none'
  deb linux-image-6.1.0-9-cloud-amd64 6.1.99-1 boot/vmlinuz-6.1.0-9-cloud-amd64
  run 6.1
  prints "$cache/kernels/vmlinuz-6.1.0-9-cloud-amd64"
}

test_no_release_of_debian_is_looked_into_that_is_not_needed() {
  use_fake
  image 6.12.9+bpo 6.12.9-1~bpo12+1 | index bookworm-backports  # not at home
  image 6.12.8+deb13 6.12.8-1 | index trixie
  run 6.12
  same 'last suite' 'pidlab: looking into trixie-backports' "$(grep looking "$err" | tail -n 1)"
  same 'first try' 'bookworm-backports linux-image-6.12.9+bpo-cloud-amd64=6.12.9-1~bpo12+1' \
    "$(downloads | head -n 1)"
}

test_the_image_of_linux_binary_is_found() {
  use_fake
  package linux-binary-7.2.9-cloud-amd64 7.2.9-1 | index sid
  deb linux-binary-7.2.9-cloud-amd64 7.2.9-1 usr/lib/modules/7.2.9-cloud-amd64/vmlinuz
  run 7.2
  prints "$cache/kernels/vmlinuz-7.2.9-cloud-amd64"
  same image 'the kernel' "$(cat "$(cat "$out")")"
}

test_a_package_that_cannot_be_unpacked_is_an_error() {
  use_fake
  image 7.2.9 7.2.9-1 | index sid
  echo broken >"$fake/packages/linux-image-7.2.9-cloud-amd64.deb"
  run 7.2
  refuses 'cannot unpack the kernel of linux-image-7.2.9-cloud-amd64 (dpkg-deb, tar): dpkg-deb: error: '
  no_kernel
}

test_an_index_that_cannot_be_read_is_an_error() {
  use_fake
  image 6.1.0-9 6.1.99-1 | index bookworm
  printf 'no checksum' | dd of="$fake/bookworm" bs=1 conv=notrunc status=none \
    seek=$(($(size "$fake/bookworm") - 8))
  run
  refuses 'cannot read the index of bookworm: '
}

archive_is() {  # MAIN SECURITY: as used for bookworm
  : >"$fake/sources"
  image 6.1.0-9 6.1.99-1 | index bookworm
  run 6.1
  same 'archive' "$1" "$(sed -n 's/.*] \(.*\) bookworm main$/\1/p' "$fake/sources")"
  same 'archive of security updates' "$2" "$(sed -n 's/.*] \(.*\) bookworm-security main$/\1/p' "$fake/sources")"
}
no_archive() {
  run 6.1
  refuses "Debian's archive is not among the sources of this machine's apt: add it there (sources.list(5)), or give a kernel image by --kernel FILE"
}

test_the_archive_is_where_the_suites_of_debian_are() {
  use_fake
  cat >"$fake/targets" <<'END'
Somebody|file:/other/|bookworm|main
Somebody|file:/other/|bookworm-updates|main
Somebody|file:/other/|bookworm-security|main
|file:/other/|bookworm|main
Debian|file:/debian/|bookworm|main
Debian|file:/debian/|bookworm-updates|main
Debian|file:/security/|bookworm-security|main
Debian|file:/another/|bookworm-security|main
END
  archive_is file:/debian/ file:/security/
  cat >"$fake/targets" <<'END'
Debian|cdrom:[Debian]/|bookworm|main
Debian|file:/firmware/|bookworm|non-free-firmware
Debian|file:/debian/|stable|main
Debian|file:/another/|sid|main
END
  archive_is file:/debian/ ''
  says "$err" "pidlab: bookworm-security is left out: apt's sources have no archive of security updates"
}

test_the_archive_is_guessed_if_no_origin_is_known() {
  use_fake
  echo 'Somebody|file:/other/|bookworm|main' >"$fake/targets"
  cat >"$fake/guesses" <<'END'
$(ORIGIN)|file:/other/|bookworm|main
$(ORIGIN)|file:/debian/|bookworm|main
$(ORIGIN)|file:/debian/|bookworm-updates|main
$(ORIGIN)|file:/another/|bookworm-updates|main
$(ORIGIN)|file:/security/|bookworm-security|main
END
  archive_is file:/debian/ file:/security/
  printf "\$(ORIGIN)|file:/%s/|sid|main\n" debian other >"$fake/guesses"
  archive_is file:/debian/ ''
}

test_an_archive_that_is_not_debians_is_not_used() {
  use_fake
  echo 'Ubuntu|file:/ubuntu/|noble|main' >"$fake/targets"
  : >"$fake/guesses"
  no_archive
  : >"$fake/targets"
  no_archive
  echo 'Debian|file:/debian/|bookworm|main' >"$fake/targets"
  run
  refuses "no suite of Debian's that could be used"
}

test_a_reason_is_what_apt_calls_an_error_or_the_first_line() {
  use_fake
  rm "$fake/targets"
  printf '%s\n' 'W: x' 'E: first' 'E: second' >"$fake/errors"
  run
  refuses "apt-get cannot say where Debian's archive is: first. Repair apt's sources, or give"
  printf '\nthis\nthat\n' >"$fake/errors"
  run
  refuses 'is: this. '
  : >"$fake/errors"
  run
  refuses 'is: it exited with 100. '
}

test_offline_it_says_so_unless_the_archive_was_reached_before() {
  use_fake
  echo "E: Failed to fetch http://deb/ Could not resolve 'deb'" >"$fake/errors"
  run 6.1
  refuses "cannot reach Debian's archive: Failed to fetch http://deb/ Could not resolve 'deb'. Check the network, and the proxy in apt's configuration, or give"
  image 6.1.0-9 6.1.99-1 | index bullseye
  run
  prints '6.1    6.1.0-9-cloud-amd64                  bullseye'
  says "$err" 'pidlab: sid is left out: Failed to fetch'
}

test_a_series_that_there_is_not_is_answered_by_those_that_there_are() {
  use_fake
  { image 6.12.9 6.12.9-1; image 6.1.0-9 6.1.99-1; image 6.1.0-8 6.1.98-1; } | index trixie
  run '6 .*'
  refuses "Debian's archive has no kernel 6 .*. It has: 6.1, 6.12. Take one of these, or give a kernel image by --kernel FILE"
  : | index trixie
  run 6.1
  refuses 'It has: none.'
}

test_it_needs_this_architecture_and_apt_and_a_cache() {
  local PATH=$PATH
  local few=$work/few_programs
  mkdir "$few"
  printf '#!/bin/sh\necho aarch64\n' >"$few/uname"
  chmod +x "$few/uname"
  PATH=$few:$PATH run
  refuses 'kernels are fetched for x86_64 only, and this is aarch64, or give'
  ln -sf /usr/bin/{sh,env,uname,rm} "$few"
  PATH=$few run
  refuses 'there is no apt-get here'
  local cache=/proc/nowhere/cache
  run
  refuses 'cannot write to /proc/nowhere/cache, where kernels are kept: No such file or directory. Set XDG_CACHE_HOME to'
}

# --- One at a time, and no draft of it is left.

# Starts one whose apt-get hangs, and holds fd 5 open.
start_one_that_hangs() {
  rm -f "$fake/hang"
  mkfifo "$fake/hang"
  start "$@"
  exec 5<"$fake/hang"
  local word=
  read -ru 5 word
  same 'first word of apt-get' ready "$word"
}
apt_get_ends() {
  read -rt 20 -u 5
  (($? <= 128)) || fail 'apt-get goes on'
  exec 5<&-
}

test_each_signal_ends_it_and_its_apt_get_and_leaves_no_draft() {
  use_fake
  : >"$fake/method"
  for signals in HUP INT QUIT TERM USR1 "INT $(printf 'USR1 %.0s' {1..300})"; do
    start_one_that_hangs 6.1
    [ -d "$cache/drafts" ] || fail 'there is no draft, so nothing is tested'
    for signal in $signals; do kill "-$signal" "$started" 2>/dev/null || break; done
    finish
    exits 130
    same output '' "$(cat "$out")"
    no_draft
    apt_get_ends
  done
}

test_at_whatever_moment_it_is_interrupted_it_ends_and_leaves_no_draft() {
  use_fake
  mkfifo "$fake/hang"
  exec 5<>"$fake/hang"
  for _ in {1..20}; do
    start 6.1
    sleep "0.0$((RANDOM % 60 + 10))"
    kill "$started"
    finish
    ((status > 128)) || exits 130
    no_draft
  done
  exec 5<&-
}

test_a_killed_one_ends_its_apt_get_and_the_next_one_removes_its_drafts() {
  use_fake
  image 6.1.0-9 6.1.99-1 | index sid
  start_one_that_hangs 6.1
  kill -KILL "$started"
  finish
  apt_get_ends
  rm "$fake/hang"
  rm "$cache/drafts/kernels"
  mkdir "$cache/drafts/kernels"  # in the way
  run
  prints '6.1    6.1.0-9-cloud-amd64                  sid'
  no_draft
}

test_another_one_waits_and_leaves_the_drafts_alone_when_it_is_interrupted() {
  use_fake
  start_one_that_hangs 6.1
  local first=$started
  : >"$cache/drafts/draft"
  for signal in TERM KILL; do
    mkfifo "$work/says"
    err=$work/says start 6.1
    local line=
    read -r line <"$work/says"
    same word 'pidlab: waiting for another one that fetches kernels' "$line"
    kill "-$signal" "$started"
    finish
    rm "$work/says"
    [ -e "$cache/drafts/draft" ] || fail 'the draft of the first is gone'
  done
  kill "$first"
  wait "$first"
  apt_get_ends
}

test_another_one_comes_when_the_first_has_ended() {
  use_fake
  image 6.1.0-9 6.1.99-1 | index sid
  mkdir -p "$cache"
  exec 6>"$cache/lock"
  flock 6
  mkfifo "$work/says"
  err=$work/says start 6>&-
  exec 7<"$work/says"
  local line=
  read -ru 7 line
  same word 'pidlab: waiting for another one that fetches kernels' "$line"
  [ ! -e "$cache/drafts" ] || fail 'it does not wait'
  exec 6>&-
  cat <&7 >"$err"
  exec 7<&-
  finish
  prints '6.1    6.1.0-9-cloud-amd64                  sid'
}

# --- With apt, and an archive of our own.

checksum() { sha256sum "$1" | cut -d ' ' -f 1; }
size() { stat -c %s "$1"; }

# Makes an archive that has a kernel, signed by a key whose other half is thrown
# away, and the configuration of a machine that uses it.
make_archive() (
  set -e
  mkdir "$1"
  cd "$1"
  release=6.1.0-9-cloud-amd64 index=main/binary-amd64/Packages
  mkdir -p root/DEBIAN root/boot archive/pool lists "archive/dists/bookworm/${index%/*}"
  { echo 'the kernel'; head -c 1500000 /dev/zero; } >"root/boot/vmlinuz-$release"
  control "linux-image-$release-unsigned" 6.1.27-1 >root/DEBIAN/control
  dpkg-deb --root-owner-group -Znone --build root archive/pool/kernel.deb
  cd archive/dists/bookworm
  deb=../../pool/kernel.deb
  { cat "$1/root/DEBIAN/control"
    printf '%s\n' 'Filename: pool/kernel.deb' "Size: $(size "$deb")" "SHA256: $(checksum "$deb")"
  } >"$index"
  # As a suite is when it is archived.
  printf '%s\n' 'Origin: Debian' 'Suite: oldstable' 'Codename: bookworm' \
    'Architectures: amd64' 'Components: main' 'Date: Thu, 01 Jan 2026 00:00:00 UTC' \
    'Valid-Until: Fri, 02 Jan 2026 00:00:00 UTC' 'SHA256:' \
    " $(checksum "$index") $(size "$index") $index" >Release
  # The path of the socket of gpg-agent must not be long.
  GNUPGHOME=$(mktemp -d /tmp/pidlab.XXXXXX)
  export GNUPGHOME
  trap 'gpgconf --kill gpg-agent; rm -rf "$GNUPGHOME"' EXIT
  gpg --batch --passphrase '' --quick-gen-key archive ed25519 sign never
  gpg --batch --clearsign --output InRelease Release
  gpg --batch --export >"$1/keyring.gpg"
  cat >"$1/apt.conf" <<END
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$1/lists";
END
  echo "deb file:$1/archive bookworm main" >"$1/sources.list"
) >"$work/log" 2>&1

archive=$work/archive
test_an_archive_is_fetched_from_by_apt() {
  if ! command -v gpg >/dev/null; then
    echo '    skipped: there is no gpg, to sign an archive with'
    return
  fi
  make_archive "$archive"
  same 'exit status of the making' 0 $?
  [ -s "$archive/keyring.gpg" ] || { cat "$work/log"; return; }
  for test in "${archive_tests[@]}"; do try "$test"; done
}
fetch() {  # [KEYRING]
  local keyring=${1-$archive/keyring.gpg}
  APT_CONFIG=$archive/apt.conf run 6.1
}

archive_test_the_image_is_unpacked_into_the_cache_and_kept() {
  fetch
  prints "$cache/kernels/vmlinuz-6.1.0-9-cloud-amd64"
  same image 'the kernel' "$(head -n 1 "$(cat "$out")")"
  same kernels vmlinuz-6.1.0-9-cloud-amd64 "$(ls "$cache/kernels")"
  no_draft
  same "the machine's lists" '' "$(ls "$archive/lists")"
  mv "$archive/archive/pool/kernel.deb" "$work/kernel.deb"
  fetch
  prints "$cache/kernels/vmlinuz-6.1.0-9-cloud-amd64"
  mv "$work/kernel.deb" "$archive/archive/pool/kernel.deb"
}

archive_test_only_what_is_signed_is_taken() {
  : >"$work/no_keys.gpg"
  fetch "$work/no_keys.gpg"
  refuses "no suite of Debian's that could be used"
  no_kernel
}

archive_test_only_what_has_the_hash_of_the_index_is_taken() {
  cp "$archive/archive/pool/kernel.deb" "$work/kernel.deb"
  printf x | dd of="$archive/archive/pool/kernel.deb" bs=1 seek=1000 conv=notrunc status=none
  fetch
  refuses 'cannot download a kernel 6.1'
  no_kernel
  mv "$work/kernel.deb" "$archive/archive/pool/kernel.deb"
}

archive_test_an_archive_that_is_gone_is_an_error() {
  mv "$archive/archive" "$archive/gone"
  fetch
  refuses "could be used. If it is not Debian's, apt-get update tells it from Debian's, or give"
  mv "$archive/gone" "$archive/archive"
}

# ---

mapfile -t archive_tests < <(grep -oE '^archive_test_\w+' "$0")
machines_path=$PATH
prepare() {
  rm -rf "$cache" "$fake"
  PATH=$machines_path
}
run_tests
