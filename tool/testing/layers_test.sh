#!/bin/bash
# No folder sees one above it, neither by an #include nor by a label in a BUILD
# file. It looks at the checkout itself: a list of the packages would forget the
# next one.
set -u

# A folder, with all below it, and the folders that it may see, with all that
# those may see. Of two lines that fit the longer one counts. docs, third_party
# and the rules in lib/ are for all.
layers='
  docs:
  third_party:
  lib/linux:
  lib/text:
  lib/host:            lib/linux lib/text
  lib/trial:           lib/host
  lib/lab:             lib/trial
  lib/testing:         lib/lab
  labs:                lib/testing
  experiments:         lib/testing
  benchmarks/analysis: lib/host
  benchmarks/harness:  benchmarks/analysis
  benchmarks/groups:   benchmarks/harness lib/trial
  benchmarks:          benchmarks/groups lib/testing
  tool:                labs experiments benchmarks
'
folders=(docs third_party lib labs experiments benchmarks tool)

# Prints "FILE:LINE SEEN" for each folder that a file names, and for each file of
# rules that it loads. That somebody may see a target is no arrow.
arrows() {
  { find "${folders[@]}" -name '*.bzl'; find "${folders[@]}" -name BUILD; } |
    xargs grep -HnoE '"//[^":]*(:[^"]*)?"' |
    grep -vE '__(pkg|subpackages)__"|"//(visibility|conditions):' |
    sed -E 's/"\/\/([^"]*\.bzl)"/ \1/; s/"\/\/([^":]*).*/ \1/; s/: +/ /'
  find "${folders[@]}" \( -name '*.cc' -o -name '*.h' \) -print0 |
    xargs -0 grep -HnE "^ *# *include \"($(IFS='|'; echo "${folders[*]}"))/" |
    sed -E 's/^([^:]*:[0-9]+):.*"(.*)\/[^\/]*".*/\1 \2/'
}

judge() {
  awk -v layers="$layers" '
    function layer(path) {
      while (!(path in below) && sub(/\/[^\/]*$/, "", path)) {}
      return path
    }
    function sees(from, to,    folders, i) {
      if (from == to) return 1
      for (i = split(below[from], folders, " "); i > 0; --i)
        if (sees(folders[i], to)) return 1
      return 0
    }
    function refuse(what) {
      print what
      refused = 1
    }
    function look(where, from, at) {
      sub(/:.*/, "", at)
      if (at == "lib" || at == "docs" || at == "third_party") return
      if (!sees(from, layer(at))) refuse(where ": " from " must not see " (at ? at : "the root"))
    }
    BEGIN {
      for (i = split(layers, lines, "\n"); i > 0; --i) {
        if (split(lines[i], halves, ": *") < 2) continue
        gsub(/ /, "", halves[1])
        below[halves[1]] = halves[2]
      }
    }
    {
      split($1, file, ":")
      from = layer(file[1])
      seen[from] = 1
    }
    # What rules name is seen by each folder that loads them.
    file[1] ~ /\.bzl$/ {
      named[file[1]] = named[file[1]] " " $2
      next
    }
    $2 ~ /\.bzl$/ {
      rules = $2
      sub(":", "/", rules)
      for (i = split(named[rules], at, " "); i > 0; --i) look($1 ", in " rules, from, at[i])
    }
    { look($1, from, $2) }
    END {
      for (each in below) if (!seen[each]) refuse(each ": nothing was found in it")
      exit refused
    }'
}

# Prints the BUILD files whose folder would not be looked at by ./pidlab lint.
unlisted() {
  find "${folders[@]}" -name BUILD -print0 | xargs -0 grep -LE '^(library|sources)\(' |
    sed 's/$/: has no sources(), so lint does not see the folder/'
}

cd "$(dirname "$(readlink -f WORKSPACE)")" || exit
arrows | judge
status=$?
unlisted | grep . && status=1
exit $status
