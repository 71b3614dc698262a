#!/bin/sh
# Fetches one of Debian's kernels for virtual machines. It installs nothing.
#
#   fetch_kernel.sh CACHE                     lists the newest of each series
#   fetch_kernel.sh CACHE SERIES [KEYRING]    gets the newest of SERIES ("6.1")
#
# Standard output is the list, or the path of the image in CACHE/kernels. With
# exit status 5 it is one sentence: what is wrong, and what to do. Progress goes
# to standard error. A signal ends it, and it leaves no drafts behind.
#
# It is linked into pidlab, which runs it (kernels.cc). KEYRING is for the
# tests: it replaces Debian's own keys.
set -u
export LC_ALL=C  # this script reads apt's messages
cache=$1 series=${2-} keyring=${3-}
apt=$cache/apt drafts='' ended='' reached=false
or_by_hand=', or give a kernel image by --kernel FILE'

say() { printf 'pidlab: %s\n' "$1" >&2; }
die() { printf '%s\n' "$1"; exit 5; }

# Waits for the command that was started last. A shell runs no trap while a
# command is in the foreground, so what may take long is started in the
# background and awaited.
await() { wait "$!"; set -- $?; ended=$!; return "$1"; }
# A second signal must not end the cleanup: ^C comes from the terminal, and from
# pidlab as well.
trap 'trap "" HUP INT QUIT TERM USR1; exit 130' HUP INT QUIT TERM USR1
trap 'trap "" HUP INT QUIT TERM USR1
  set +u
  [ "$!" = "$ended" ] || kill -s KILL -- "-$!" "$!" 2>/dev/null
  wait
  rm -rf "$drafts"' EXIT

# Prints why a command failed: the line of ./err that apt marks as an error, or
# else its first line.
reason() {  # STATUS
  why=
  while read -r line; do
    case $line in 'E: '*) why=${line#E: }; break ;; esac
    why=${why:-$line}
  done <err
  printf '%s\n' "${why:-it exited with $1}"
}

# Runs apt-get apart from the machine's own: it reads the machine's
# configuration (proxies, credentials), but has its own sources and indices. It
# is started in the background, and ends with this shell, however that ends. It
# leads a process group, so that its methods, which write the files, can be
# killed too.
apt_get() {  # SUITE ARGUMENTS..
  own=$apt/$1; shift
  exec setsid setpriv --pdeathsig KILL apt-get -c "$apt/apt.conf" \
    -o "Dir::State=$own" -o "Dir::Cache=$own" \
    -o "Dir::Etc::sourcelist=$own/sources.list" "$@" >/dev/null 2>err
}

# Prints the newest of the kernels on standard input; if several are equal, the
# first. Only dpkg knows the order of versions: sort -V puts 6.1+b-1 before
# 6.1-2.
newest() {
  best=
  while read -r kernel; do
    if [ -z "$best" ] ||
      dpkg --compare-versions "${kernel%% *}" gt "${best%% *}" 2>/dev/null; then
      best=$kernel
    fi
  done
  printf '%s\n' "$best"
}
every_series() { cut -d ' ' -f 2 kernels | sort -t . -k 1,1n -k 2,2n -u; }
of_series() { awk -v series="$1" '$2 == series' kernels; }
# Whether a release of Debian that was read has this series as its own. A tilde
# marks a kernel that was built from the package of a later release, which may
# have a newer one.
has_own_kernel() { of_series "$series" | grep -q '^[^ ~]* '; }

# Appends the kernels of a suite to ./kernels: those for virtual machines whose
# package has an image in it. Since Linux 6.19, linux-image only depends on
# linux-binary, and its package has only two kilobytes.
look_into() {  # SUITE
  say "looking into $1"
  case $1 in *-security) uri=$security ;; *) uri=$main ;; esac
  if [ -z "$uri" ]; then
    say "$1 is left out: apt's sources have no archive of security updates"
    return
  fi
  # An archived suite is no longer signed again. That its date is past means
  # only that there may be newer kernels.
  options="arch=amd64 target=Packages signed-by=$keyring check-valid-until=no"
  { mkdir -p "$apt/$1" && echo "deb [$options] $uri $1 main" >"$apt/$1/sources.list"; } ||
    die "cannot write to $apt. Is there room for it?"
  # The cache for the dependency resolver is not made: that takes seconds.
  apt_get "$1" update -o pkgCacheFile::Generate=false & await || {
    why=$(reason $?)
    if ! $reached && grep -q 'Failed to fetch' err; then
      die "cannot reach Debian's archive: $why. Check the network, and the proxy in apt's configuration$or_by_hand"
    fi
    say "$1 is left out: $why"
    return
  }
  reached=true
  { /usr/lib/apt/apt-helper cat-file "$apt/$1/lists"/*_Packages* 2>err && echo End:; } |
    awk -v suite="$1" '
      function finish() {
        if (package ~ /^linux-(image|binary)-[0-9]+\.[0-9]+.*-cloud-amd64(-unsigned)?$/ &&
            bytes >= 1000000) {
          release = package
          gsub(/^linux-(image|binary)-|-unsigned$/, "", release)
          match(release, /^[0-9]+\.[0-9]+/)
          print version, substr(release, 1, RLENGTH), release, suite, package, bytes
        }
        package = ""
      }
      { last = $0 }
      /^Package: / { package = $2 }
      package !~ /^linux-/ { next }
      /^Version: / { version = $2 }
      /^Size: / { bytes = $2 }
      /^$/ { finish() }
      END { finish(); exit last != "End:" }' >>kernels & await ||
    die "cannot read the index of $1: $(reason $?)$or_by_hand"
}

download() {  # VERSION SERIES RELEASE SUITE PACKAGE BYTES: into $image
  say "fetching $5 $1 ($((($6 + 500000) / 1000000)) MB) from $4"
  rm -f ./*.deb  # left by a download that broke off
  apt_get "$4" download "$5=$1" & await || {
    say "cannot download $5 $1: $(reason $?)"
    return 1
  }
  # The image is /boot/vmlinuz-RELEASE or, in linux-binary,
  # /usr/lib/modules/RELEASE/vmlinuz.
  dpkg-deb --fsys-tarfile ./*.deb 2>err |
    tar -xO --wildcards '*/vmlinuz*' >image 2>>err & { await && mv image "$image" 2>>err; } ||
    die "cannot unpack the kernel of $5 (dpkg-deb, tar): $(reason $?). Is there room for it? Try again$or_by_hand"
}

[ "$(uname -m)" = x86_64 ] ||
  die "kernels are fetched for x86_64 only, and this is $(uname -m)$or_by_hand"
command -v apt-get >/dev/null ||
  die "there is no apt-get here, which fetches kernels from Debian's archive: fetch them on a Debian$or_by_hand"

# Only one process runs at a time. The processes that it starts hold the lock as
# well. If this shell is killed, the next one removes the drafts.
why=$({ mkdir -p "$cache/kernels" "$apt" && touch "$cache/lock"; } 2>&1) ||
  die "cannot write to $cache, where kernels are kept: ${why##*: }. Set XDG_CACHE_HOME to a folder that can be written to"
exec 9>>"$cache/lock"
flock -n 9 || {
  say 'waiting for another one that fetches kernels'
  setpriv --pdeathsig KILL flock 9 & await ||
    die 'cannot wait for another pidlab that fetches kernels (flock(1)): try again when it has ended'
}
drafts=$cache/drafts
{ rm -rf "$drafts" && mkdir "$drafts" && cd "$drafts" && : >kernels && cat >"$apt/apt.conf"; } <<'END' ||
// By pidlab, for itself. It is read after the machine's configuration, so that
// this counts (apt.conf(5)).
// The hooks that the machine has for its own updates must not run here.
#clear APT::Update;
APT::Update::Error-Mode "any";
APT::Default-Release "";
#clear APT::Architectures;
APT::Architecture "amd64";
// The cache folder of a user is mostly closed to the user _apt.
APT::Sandbox::User "root";
Dir::State::lists "lists";
Dir::State::status "/dev/null";
Dir::Cache::archives "archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Etc::sourceparts "/dev/null";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
// A suite is testing, then stable, then oldstable.
Acquire::AllowReleaseInfoChange "true";
Acquire::Languages "none";
Acquire::PDiffs "false";
// As it is in the archive: eight megabytes instead of fifty.
Acquire::GzipIndexes "true";
Acquire::IndexTargets::deb::Packages::KeepCompressedAs "xz";
END
  die "cannot write to $cache. Is there room for it?"

# Finds Debian's archive in the machine's sources. With the information of the
# Release files, only what was downloaded is listed. Without it, the origin is
# not known, so it is guessed: an archive that has updates of a suite is
# preferred to the first one.
for info in --release-info --no-release-info; do
  setpriv --pdeathsig KILL apt-get indextargets "$info" \
    --format "\$(ORIGIN)|\$(REPO_URI)|\$(RELEASE)|\$(COMPONENT)" \
    'Target-Of: deb' 'Created-By: Packages' >targets 2>err & await ||
    die "apt-get cannot say where Debian's archive is: $(reason $?). Repair apt's sources$or_by_hand"
  awk -F '|' '
    ($1 != "Debian" && $1 != "$(ORIGIN)") || $4 != "main" || $2 ~ /^cdrom:/ { next }
    $3 ~ /-security$/ { if (security == "") security = $2; next }
    main == "" || (!updates && $3 ~ /-updates$/) { main = $2; updates = $3 ~ /-updates$/ }
    END { print main "|" security }' targets >archive
  IFS='|' read -r main security <archive
  [ -z "$main" ] || break
done
[ -n "$main" ] ||
  die "Debian's archive is not among the sources of this machine's apt: add it there (sources.list(5))$or_by_hand"
for keys in /usr/share/keyrings/debian-archive-keyring.gpg \
  /usr/share/keyrings/debian-archive-keyring.pgp; do
  [ -n "$keyring" ] || [ ! -e "$keys" ] || keyring=$keys
done
[ -n "$keyring" ] ||
  die "Debian's keys are not here, by which its archive is known to be genuine: install debian-archive-keyring$or_by_hand"

# Begins with the oldest release of Debian, and goes on as far as needed.
for release in 'bullseye bullseye-security' \
  'bookworm bookworm-security bookworm-backports' \
  'trixie trixie-security trixie-backports' forky sid; do
  for suite in $release; do look_into "$suite"; done
  ! has_own_kernel || break
done
$reached ||
  die "the archive in apt's sources has no suite of Debian's that could be used. If it is not Debian's, apt-get update tells it from Debian's$or_by_hand"

if [ -z "$series" ]; then
  for each in $(every_series); do
    of_series "$each" | newest
  done | while read -r _ each release suite _; do
    printf '%-6s %-36s %s\n' "$each" "$release" "$suite"
  done
  exit
fi

# Tries the newest one first; if it cannot be downloaded, tries that of another
# suite.
of_series "$series" >candidates
if [ ! -s candidates ]; then
  all=$(every_series | paste -s -d , - | sed 's/,/, /g')
  die "Debian's archive has no kernel $series. It has: ${all:-none}. Take one of these$or_by_hand"
fi
while [ -s candidates ]; do
  # shellcheck disable=SC2046  # it has six fields
  set -- $(newest <candidates)
  image=$cache/kernels/vmlinuz-$3
  if [ -e "$image" ] || download "$@"; then
    printf '%s\n' "$image"
    exit
  fi
  awk -v suite="$4" '$4 != suite' candidates >rest
  mv rest candidates
done
die "cannot download a kernel $series, for the reasons above. Try again$or_by_hand"
