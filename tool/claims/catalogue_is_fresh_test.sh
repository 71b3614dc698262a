#!/bin/bash
# Tests that docs/catalogue.md is what pidlab makes of the claims and the
# experiments.
set -u
if ! "$1" catalogue | diff -u "$2" -; then
  echo 'docs/catalogue.md is stale: ./pidlab catalogue > docs/catalogue.md'
  exit 1
fi
