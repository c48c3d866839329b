#!/usr/bin/env bash
# The list of what five documents describe holds: its cases and tests are there, and each case of the documentation is in it.
# The page that is made of it is what passes now.
. "$(dirname "$0")/common.sh"
documents=$source/tests/conformance/documents.py

python3 "$documents" >"$work/page" || fail "tests/conformance/documents.txt does not hold"
cmp "$work/page" "$source/docs/coverage.md" || fail "stale: run tests/conformance/documents.py >docs/coverage.md"
