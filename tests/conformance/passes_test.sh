#!/usr/bin/env bash
# No optional pass changes an answer: each suite with each of them left out alone, in both semantics, fails in the same cases as suite_test.sh
# expects of all passes together.
# usage: passes_test.sh SUITE          SUITE: blog, …, or generated/blog, …
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
passes=$(sed -nE 's/^QUARRY_PASS\("([a-z-]+)".*/\1/p' "$here/../../ir/passes/pipeline.def")
[ "$(wc -w <<<"$passes")" -gt 10 ] || { echo "the passes of ir/passes/pipeline.def are: $passes" >&2; exit 1; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
status=0
for pass in $passes; do
  for semantics in portable native; do
    "$here/suite_test.sh" "$1" --semantics $semantics --disable "$pass" >"$said" 2>&1 || {
      echo "without $pass, $semantics:"
      cat "$said"
      status=1
    }
  done
done
exit $status
