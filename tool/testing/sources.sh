# For tests that look at the sources themselves; to be sourced. They run where
# Bazel has laid the sources out.

# Prints the C++ sources of this shard (TEST_TOTAL_SHARDS, set by Bazel).
cxx_sources() {
  [ -z "${TEST_SHARD_STATUS_FILE:-}" ] || : >"$TEST_SHARD_STATUS_FILE"
  find -L lib labs experiments benchmarks "$@" | sort |
    awk -v shards="${TEST_TOTAL_SHARDS:-1}" -v shard="${TEST_SHARD_INDEX:-0}" \
      'NR % shards == shard'
}

# need TOOL: ends the test, without a verdict, where the tool is missing.
need() {
  command -v "$1" >/dev/null || { echo "not checked: $1 is not installed"; exit 0; }
}
